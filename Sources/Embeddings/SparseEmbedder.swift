package import Encoders
import ModelFiles
package import Tokenizers
public import Vectors

/// A model that makes of a text a number for each entry of a vocabulary, most of them 0, ready to use
/// from any thread.
public struct SparseEmbedder: Sendable {
  package let model: TextModel
  /// The entries of the vocabulary: the length of every vector, its zeros included.
  public let dimension: Int
  /// The text of each entry that has one.
  private let tokens: [Int32: [UInt8]]
  /// The similarity that the model's authors compare its vectors by.
  public var similarity: Similarity { model.similarity }

  /// Reads a model directory of sentence-transformers' SparseEncoder, a masked language model, or
  /// bge-m3.
  /// - Throws: an error that names the file that is wrong, and how.
  public init(folder: String, options: EmbedderOptions = .init()) throws {
    try self.init(TextModel(folder: folder, options: options.asking(.sparse)))
  }

  /// - Throws: where the model gives no sparse vectors, or routes give some that cannot be compared
  package init(_ model: TextModel) throws {
    try model.check(is: .sparse)
    self.model = model
    dimension = try model.dimension(
      else: "the modules of a sparse model end in none that gives sparse vectors: SpladePooling, "
        + "SparseAutoEncoder or SparseStaticEmbedding"
    ) { kind in
      if case .sparse(let vocabulary) = kind { vocabulary } else { nil }
    }
    // Numbers of an autoencoder are of no tokens.
    let isOfTokens = !model.pipelines.values.contains { $0.modules.last is SparseAutoEncoder }
    tokens =
      isOfTokens ? model.pipelines.values.first?.tokenizer.tokenizer.tokensByID ?? [:] : [:]
  }

  /// One vector for each text, in order: of a document, unless a prompt's name says otherwise.
  /// - Throws: when a number is not finite, or a model file changed meanwhile.
  public func embed(_ texts: [String], promptName: String? = nil) throws -> SparseMatrix {
    let route = try model.route(promptName: promptName, prompt: nil)
    let tokens = try model.encodings(of: texts.map { Array($0.utf8) }, by: route)
    let vectors = try vectors(of: tokens, by: route)
    for row in 0..<vectors.rows where !vectors[row].values.allSatisfy(\.isFinite) {
      throw model.notFinite("text \(row + 1)")
    }
    return vectors
  }

  /// A vector for each text's tokens, in order. A number may be infinite or NaN if the weights are.
  /// - Parameters:
  ///   - mostActive: how many numbers of each stay; by default as many as the model says
  ///   - cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func vectors(
    of texts: [Encoding], by route: Route, mostActive: Int? = nil,
    cancelled: @escaping Cancellation = { false }
  ) throws -> SparseMatrix {
    guard
      case .sparse(let vectors) = try model.results(
        of: texts, by: route, mostActive: mostActive, cancelled: cancelled)
    else { throw FileError("\(model.list.file): this route gives a text no sparse vector") }
    return vectors
  }

  /// The tokens that a vector is of, as the vocabulary writes them (`##ing`), heaviest first. Where
  /// its numbers are of no tokens, these are the numbers' places.
  public func decode(_ row: SparseMatrix.Row) -> [(token: String, weight: Float)] {
    let order = row.values.indices.sorted {
      (row.values[$0], row.indices[$1]) > (row.values[$1], row.indices[$0])
    }
    return order.map { place in
      let index = row.indices[place]
      let token = tokens[index].map { String(decoding: $0, as: UTF8.self) } ?? "\(index)"
      return (token: token, weight: row.values[place])
    }
  }
}

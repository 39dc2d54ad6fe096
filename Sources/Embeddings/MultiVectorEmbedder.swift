package import Encoders
import ModelFiles
package import Tokenizers
public import Vectors

/// A model that makes of a text a vector for each of its tokens, which are compared with those of
/// another text later, ready to use from any thread.
public struct MultiVectorEmbedder: Sendable {
  package let model: TextModel
  /// The length of each vector.
  public let dimension: Int
  /// Whether two texts have the mean of the largest products, and not their sum.
  public var isMean: Bool { model.isMeanMaxSim }

  /// Reads a model directory of sentence-transformers' MultiVectorEncoder, of PyLate or of Stanford's
  /// ColBERT, or bge-m3.
  /// - Throws: an error that names the file that is wrong, and how.
  public init(folder: String, options: EmbedderOptions = .init()) throws {
    try self.init(TextModel(folder: folder, options: options.asking(.multi)))
  }

  /// - Throws: where the model gives a text other than vectors of tokens
  package init(_ model: TextModel) throws {
    try model.check(is: .multi)
    self.model = model
    dimension = try model.dimension(
      else: "the modules of a late-interaction model give each text one vector; a Pooling is one "
        + "too many"
    ) { kind in
      if case .tokens(let width) = kind { width } else { nil }
    }
  }

  /// The vectors of each text, in order: of a document, unless a prompt's name says otherwise.
  /// - Throws: when a vector is not finite, or a model file changed meanwhile.
  public func embed(_ texts: [String], promptName: String? = nil) throws -> RaggedMatrix {
    let route = try model.route(promptName: promptName, prompt: nil)
    let tokens = try model.encodings(of: texts.map { Array($0.utf8) }, by: route)
    let vectors = try vectors(of: tokens, by: route)
    for text in 0..<vectors.count {
      guard vectors[text].allSatisfy(vectors.matrix.isFinite(row:)) else {
        throw model.notFinite("text \(text + 1)")
      }
    }
    return vectors
  }

  /// The vectors of each text's tokens, in order. One may be infinite or NaN if the weights are.
  /// - Parameter cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func vectors(
    of texts: [Encoding], by route: Route, cancelled: @escaping Cancellation = { false }
  ) throws -> RaggedMatrix {
    guard case .ragged(let vectors) = try model.results(of: texts, by: route, cancelled: cancelled)
    else { throw FileError("\(model.list.file): this route gives a text one vector") }
    return vectors
  }
}

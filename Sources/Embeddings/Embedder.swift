package import Encoders
import ModelFiles
import Tensors
package import Tokenizers
public import Vectors

/// A sentence-embedding model, ready to use from any thread: one vector for each text.
public struct Embedder: Sendable {
  package let model: TextModel
  /// The similarity that the model's authors compare its vectors by.
  public var similarity: Similarity { model.similarity }
  /// The length of every vector this model makes.
  public let dimension: Int

  /// Reads a model directory in the layout of sentence-transformers.
  /// - Throws: an error that names the file that is wrong, and how.
  public init(folder path: String, options: EmbedderOptions = .init()) throws {
    try self.init(TextModel(folder: path, options: options, as: .dense))
  }

  /// - Throws: where the model gives a text no vector, or routes give vectors that cannot be compared.
  package init(_ model: TextModel) throws {
    try model.check(is: .dense)
    let width = try model.dimension(else: "no Pooling; a text has no vector without one") { kind in
      if case .vector(let width) = kind { width } else { nil }
    }
    self.model = model
    dimension = min(model.truncatedDimension ?? width, width)
  }

  /// One vector for each text, in order. A text has the same vector, to the bit, in any company.
  /// - Parameter prompt: goes before each text; by default the model's own default prompt
  /// - Throws: when a vector is not finite, or a model file changed meanwhile.
  public func embed(_ texts: [String], prompt: String? = nil) throws -> Matrix {
    try embed(texts, by: model.route(prompt: prompt))
  }

  /// One vector for each text, in order, behind the model's prompt of that name and by its route.
  public func embed(_ texts: [String], promptName: String) throws -> Matrix {
    try embed(texts, by: model.route(named: promptName))
  }

  private func embed(_ texts: [String], by route: Route) throws -> Matrix {
    let tokens = try model.encodings(of: texts.map { Array($0.utf8) }, by: route)
    let vectors = try vectors(of: tokens, by: route)
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) {
      throw model.notFinite("text \(row + 1)")
    }
    return vectors
  }

  /// A vector for each text's tokens, in order. A vector may be infinite or NaN if the weights
  /// are; who prints it must ask `isFinite(row:)` first.
  /// - Parameter cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func vectors(
    of texts: [Encoding], by route: Route, cancelled: @escaping Cancellation = { false }
  ) throws -> Matrix {
    guard case .rows(let vectors) = try model.results(of: texts, by: route, cancelled: cancelled)
    else { throw FileError("\(model.list.file): this route gives a text no vector") }
    return vectors
  }
}

import Embeddings
import ModelFiles
import Tokenizers
import Vectors

/// A model that gives texts vectors, by the kind of these.
enum VectorModel: Sendable {
  case dense(Embedder)
  case sparse(SparseEmbedder)
  case multi(MultiVectorEmbedder)

  /// - Throws: for a model that gives no vectors, naming the command that takes it
  init(_ model: TextModel) throws {
    self =
      switch model.modelKind {
      case .sparse: .sparse(try SparseEmbedder(model))
      case .multi: .multi(try MultiVectorEmbedder(model))
      case .dense, .rerank: .dense(try Embedder(model))
      }
  }

  var model: TextModel {
    switch self {
    case .dense(let embedder): embedder.model
    case .sparse(let embedder): embedder.model
    case .multi(let embedder): embedder.model
    }
  }

  var kind: ModelKind {
    switch self {
    case .dense: .dense
    case .sparse: .sparse
    case .multi: .multi
    }
  }

  /// The numbers in a vector, of a sparse one the zeros included.
  var width: Int {
    switch self {
    case .dense(let embedder): embedder.dimension
    case .sparse(let embedder): embedder.dimension
    case .multi(let embedder): embedder.dimension
    }
  }

  // Where a model has no limit, the work of a text bounds it.
  private static let mostRows = 1 << 13

  /// The most numbers that a text usually has: what windows of rows are measured by.
  func numbers(_ route: Route) -> Int {
    guard case .multi = self else { return width }
    return width * max(1, min(route.limit ?? Self.mostRows, Self.mostRows))
  }

  /// What each text's tokens give, in order; perhaps not finite.
  /// - Parameter mostActive: of a sparse vector only so many of its largest numbers stay
  func results(
    of texts: [Encoding], by route: Route, mostActive: Int? = nil,
    cancelled: @escaping @Sendable () -> Bool = { Interrupt.requested }
  ) throws -> Results {
    switch self {
    case .dense(let embedder):
      .rows(try embedder.vectors(of: texts, by: route, cancelled: cancelled))
    case .sparse(let embedder):
      .sparse(
        try embedder.vectors(of: texts, by: route, mostActive: mostActive, cancelled: cancelled))
    case .multi(let embedder):
      .ragged(try embedder.vectors(of: texts, by: route, cancelled: cancelled))
    }
  }

  /// What all texts give, each of it finite, and how many of the texts were cut.
  /// - Parameter location: how an error names a text, by its index
  func finiteResults(
    of texts: [[UInt8]], by route: Route, location: @Sendable (Int) -> String
  ) throws -> (results: Results, cut: Int) {
    let encodings = try model.encodings(of: texts, by: route, named: location)
    let results = try results(of: encodings, by: route)
    for index in 0..<results.count where !results.isFinite(at: index) {
      throw model.notFinite(location(index))
    }
    return (results, encodings.count(where: \.truncated))
  }
}

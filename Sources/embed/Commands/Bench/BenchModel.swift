import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// What a model is measured with: texts, or pairs of a query and a document.
struct BenchInputs: Sendable {
  /// One text each, or two.
  let rows: [[[UInt8]]]
  let arePairs: Bool

  init(texts: [[UInt8]]) { (rows, arePairs) = (texts.map { [$0] }, false) }
  init(pairs: [[[UInt8]]]) { (rows, arePairs) = (pairs, true) }

  /// The rows of a file, or texts of one's own: for a reranker each of them with a query.
  init(file: String?, arePairs: Bool) throws {
    switch (file, arePairs) {
    case (nil, false): self.init(texts: BenchTexts.standard)
    case (nil, true): self.init(pairs: BenchTexts.pairs)
    case (let file?, false):
      var reader = try RowReader([file])
      self.init(texts: try reader.allTexts())
    case (let file?, true):
      var reader = try RowReader(pairs: [file], columns: ColumnNames(["query", "document"]))
      var pairs: [[[UInt8]]] = []
      while let rows = try reader.window() { pairs += try rows.map { try $0.fields.get() } }
      self.init(pairs: pairs)
    }
    guard !rows.isEmpty else {
      throw FileError("\(file ?? "the input"): no \(name) to measure with; give at least one line")
    }
  }

  /// One input, so that the first result comes soon.
  static func first(arePairs: Bool) -> BenchInputs {
    let text = Array("first".utf8)
    return arePairs ? BenchInputs(pairs: [[text, text]]) : BenchInputs(texts: [text])
  }

  var byteCount: Int { rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }
  /// "texts" or "pairs".
  var name: String { arePairs ? "pairs" : "texts" }
}

/// A model of any kind, and the way of what it is measured with.
enum BenchModel: Sendable {
  case vectors(VectorModel, Route)
  case scores(Reranker, PairRoute)

  /// The tokens of inputs.
  enum Tokens: Sendable {
    case texts([Encoding])
    case pairs([PairEncoding])

    /// How many tokens each has.
    var counts: [Int] {
      switch self {
      case .texts(let encodings): encodings.map(\.ids.count)
      case .pairs(let encodings): encodings.map(\.encoding.ids.count)
      }
    }
  }

  init(folder: String, options: EmbedderOptions) throws {
    let model = try TextModel(folder: folder, options: options)
    if model.modelKind == .rerank {
      let reranker = try Reranker(model)
      self = .scores(reranker, try reranker.route(isBare: true))
    } else {
      self = .vectors(try VectorModel(model), try model.route(prompt: ""))
    }
  }

  /// Tokenizes on all threads.
  func tokens(of inputs: BenchInputs) throws -> Tokens {
    switch self {
    case .vectors(let vectors, let route):
      .texts(try vectors.model.encodings(of: inputs.rows.map { $0[0] }, by: route))
    case .scores(let reranker, let route):
      .pairs(try reranker.encodings(of: inputs.rows.map { ($0[0], $0[1]) }, by: route))
    }
  }

  /// Tokenizes one input.
  func tokenize(_ row: [[UInt8]]) throws {
    switch self {
    case .vectors(_, let route): _ = try route.encoding(of: row[0])
    case .scores(_, let route): _ = try route.encoding(of: row[0], row[1])
    }
  }

  /// What it makes of them.
  func callAsFunction(_ tokens: Tokens) throws -> Results {
    switch (self, tokens) {
    case (.vectors(let vectors, let route), .texts(let encodings)):
      return try vectors.results(of: encodings, by: route)
    case (.scores(let reranker, let route), .pairs(let encodings)):
      return .rows(try reranker.logits(of: encodings, by: route) { Interrupt.requested })
    default: preconditionFailure("tokens of another kind of model")
    }
  }

  /// Bare products of its shapes.
  var products: MatmulRate {
    switch self {
    case .vectors(let vectors, let route): vectors.model.matmulRate(route)
    case .scores(let reranker, let route): reranker.model.matmulRate(route)
    }
  }

  /// Floating-point operations for an input with this many tokens.
  func operations(tokens: Int) -> Double {
    switch self {
    case .vectors(_, let route): route.operations(tokens: tokens)
    case .scores(_, let route): route.operations(tokens: tokens)
    }
  }
}

/// How much results differ from those they should be.
struct ResultDistance {
  /// The largest difference of two numbers.
  let largest: Float
  /// Of vectors; `nil` for scores.
  let leastCosine: Float?

  /// - Returns: `nil` where there is another number of vectors
  init?(_ results: Results, from exact: Results, areScores: Bool) {
    switch (results, exact) {
    case (.rows(let found), .rows(let exact)):
      self.init(found, exact, areScores: areScores)
    case (.ragged(let found), .ragged(let exact)) where found.lengths == exact.lengths:
      self.init(found.matrix, exact.matrix, areScores: false)
    case (.sparse(let found), .sparse(let exact)):
      self.init(found, exact)
    default: return nil
    }
  }

  private init(_ found: SparseMatrix, _ exact: SparseMatrix) {
    largest = (0..<exact.rows).reduce(0) { max($0, Self.largest(found[$1], exact[$1])) }
    leastCosine = Similarity.cosine.pairwise(found, exact).min() ?? 1
  }

  private init(_ found: Matrix, _ exact: Matrix, areScores: Bool) {
    largest = (0..<exact.rows).reduce(0) { largest, row in
      zip(found[row], exact[row]).reduce(largest) { max($0, ($1.0 - $1.1).magnitude) }
    }
    leastCosine = areScores ? nil : Similarity.cosine.pairwise(found, exact).min() ?? 1
  }

  /// Of sparse rows; what one of them leaves out is 0.
  private static func largest(_ a: SparseMatrix.Row, _ b: SparseMatrix.Row) -> Float {
    var values = Dictionary(zip(a.indices, a.values), uniquingKeysWith: { $1 })
    for (index, value) in zip(b.indices, b.values) { values[index, default: 0] -= value }
    return values.values.reduce(0) { max($0, $1.magnitude) }
  }
}

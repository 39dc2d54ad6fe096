import ModelFiles
import Synchronization
import Tensors
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// What a model makes has a kind, and comes in the order of the texts.
@Suite struct TextModelTests {
  private static let texts = ["the cat", "", "a river and the old cat", "1984"]

  private func results(_ module: (any FeatureModule)?, threads: Int = 1) throws -> Results {
    let options = EmbedderOptions(threads: threads, batchTokens: 4)
    let model = try TextModel(folder: Fixture.tinyBERT, options: options)
    let plain = try model.route(prompt: "").pipeline
    let pipeline = Pipeline(
      entries: [], input: plain.input,
      modules: module.map { [plain.modules[0], $0] } ?? [], limit: plain.limit, files: [])
    let route = try Route("", pipeline)
    return try model.results(
      of: Self.texts.map { try route.encoding(of: Array($0.utf8)) }, by: route)
  }

  @Test(arguments: [1, 3]) func withoutPoolingThereIsAVectorForEachToken(threads: Int) throws {
    guard case .ragged(let rows) = try results(nil, threads: threads) else {
      return #expect(Bool(false), "vectors of tokens")
    }
    let model = try Embedder(folder: Fixture.tinyBERT)
    let lengths = try Self.texts.map {
      try model.model.route(prompt: "").encoding(of: Array($0.utf8)).ids.count
    }
    #expect((0..<rows.count).map { rows[$0].count } == lengths)
    // Pooled, they are the text's vector.
    let first = rows.matrix.picked(rows[2])
    let mean = (0..<first.columns).map { column in
      (0..<first.rows).reduce(0) { $0 + first[$1][column] } / Float(first.rows)
    }
    let pooled = try model.model.route(prompt: "").beforeNormalize
    let expected = try model.vectors(
      of: [pooled.encoding(of: Array(Self.texts[2].utf8))], by: pooled)
    expectClose(mean, expected[0], tolerance: 1e-6)
  }

  /// A row of 8192 numbers counts as 16 tokens: four go together where 64 do.
  @Test func wideRowsAreTakenFewAtATime() throws {
    let model = try TextModel(
      folder: Fixture.tinyBERT, options: EmbedderOptions(threads: 1, batchTokens: 64))
    let plain = try model.route(prompt: "").pipeline
    let route = try Route(
      "",
      Pipeline(
        entries: [], input: plain.input, modules: [plain.modules[0], Widened()],
        limit: plain.limit, files: []))
    let asked = Mutex(0)
    let texts = try (0..<32).map { _ in try route.encoding(of: Array("a".utf8)) }
    _ = try model.results(of: texts, by: route) {
      asked.withLock { $0 += 1 }
      return false
    }
    // Of each of eight micro-batches before it, before its two layers, and after it.
    #expect(asked.withLock { $0 } == 8 * 4)
  }

  @Test(arguments: [(0, 1 << 30), (40_960, 26_214), (1 << 22, 256), (1 << 40, 1)])
  func wideTokensAreTakenFewAtATime(rowBytes: Int, tokens: Int) {
    #expect(TextBound(heads: 0, rowBytes: rowBytes).batchTokens == tokens)
  }

  @Test func sparseRowsLoseTheirZerosOnly() throws {
    guard case .rows(let dense) = try results(Thresholded(.vector(32))),
      case .sparse(let sparse) = try results(Thresholded(.sparse(vocabulary: 32)), threads: 2)
    else { return #expect(Bool(false), "rows, and sparse rows") }
    #expect(sparse.columns == 32 && sparse.rows == Self.texts.count)
    for index in 0..<sparse.rows {
      var row = [Float](repeating: 0, count: 32)
      for (column, value) in zip(sparse[index].indices, sparse[index].values) {
        row[Int(column)] = value
      }
      #expect(row == dense[index] && !sparse[index].values.contains(0))
    }
  }
}

/// Vectors of 8192 zeros.
private struct Widened: FeatureModule {
  let info = ModuleInfo(summary: "", output: FeatureShape(kind: .vector(8192)))

  init() {}

  init(_ source: ModuleSource, taking input: FeatureShape) throws { self.init() }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features[.texts] = .zeros([features[.texts].rows, 8192])
    return features
  }
}

/// Vectors without their negative numbers, as a kind of output that a test asks for.
private struct Thresholded: FeatureModule {
  let info: ModuleInfo

  init(_ kind: OutputKind) { info = ModuleInfo(summary: "", output: FeatureShape(kind: kind)) }

  init(_ source: ModuleSource, taking input: FeatureShape) throws { self.init(input.kind) }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let x = features[.texts]
    features[.texts] = Tensor(x.shape, x.elements.map { max($0, 0) })
    return features
  }
}

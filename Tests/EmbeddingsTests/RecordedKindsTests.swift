import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// Whole rerankers and sparse models against what sentence-transformers 6.2.0 gave, one pair or text
/// at a time in float32 (see Tests/Fixtures/kinds).
@Suite struct RecordedKindsTests {
  // float32 through 2 or 3 layers, as recorded with 8 digits, of numbers that are up to 10.
  private static let tolerance: Float = 2e-5

  private static func lines(_ model: String, _ file: String) throws -> [JSON] {
    try Fixture.lines(Fixture.path("kinds/\(model)/\(file)"))
  }

  static let rerankers = Fixture.folders("kinds").filter { $0.hasPrefix("ce_") }
  static let sparse = Fixture.folders("kinds").filter { $0.hasPrefix("sp_") }

  /// A difference counts by the largest number of its row, if that is above 1.
  private func expectNear(
    _ found: [Float], _ expected: [Float], tolerance: Float = Self.tolerance,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = max(1, expected.map(\.magnitude).max() ?? 1)
    expectClose(found, expected, tolerance: tolerance * scale, sourceLocation: sourceLocation)
  }

  private func pairs(_ rows: [JSON]) throws -> [(query: [UInt8], document: [UInt8])] {
    try rows.map {
      (Array(try $0.string("query").utf8), Array(try $0.string("document").utf8))
    }
  }

  @Test func theCasesAreThere() {
    #expect(Self.rerankers.count == 15)
    #expect(Self.sparse.count == 9)
  }

  @Test(arguments: rerankers) func pairsHaveTheReferencesTokensAndScores(name: String) throws {
    let model = try Reranker(folder: Fixture.path("kinds/\(name)"))
    let rows = try Self.lines(name, "pairs.jsonl")
    let route = try model.route()
    let encodings = try model.encodings(of: pairs(rows), by: route)
    let logits = try model.logits(of: encodings, by: route)
    for (index, row) in rows.enumerated() {
      #expect(try encodings[index].encoding.ids == row.ints("ids"), "\(name) \(index)")
      if row["types"] != nil {
        #expect(try encodings[index].encoding.segments == row.ints("types"), "\(name) \(index)")
      }
      expectNear(Array(logits[index]), try row.floats("logits"))
      let score = try row.value("score")
      let expected =
        try score.kind == .array ? row.floats("score") : [Float(score.double())]
      expectNear(model.activation(Array(logits[index])), expected)
      guard row["softmax"] != nil else { continue }
      expectNear(ScoreActivation.softmax(Array(logits[index])), try row.floats("softmax"))
    }
  }

  @Test func aPromptOfAnotherNameChangesTheScore() throws {
    let model = try Reranker(folder: Fixture.path("kinds/ce_qwen3_lm"))
    let rows = try Self.lines("ce_qwen3_lm", "pairs.jsonl").filter { $0["fact"] != nil }
    #expect(!rows.isEmpty)
    let route = try model.route(promptName: "fact")
    let encodings = try model.encodings(of: pairs(rows), by: route)
    let logits = try model.logits(of: encodings, by: route)
    for (index, row) in rows.enumerated() {
      expectNear(model.activation(Array(logits[index])), [Float(try row.double("fact"))])
    }
  }

  @Test(arguments: rerankers) func documentsAreRankedAsTheReferenceDoes(name: String) throws {
    let path = "kinds/\(name)/rank.jsonl"
    guard try fileExists(Fixture.path(path)) else { return }
    let model = try Reranker(folder: Fixture.path("kinds/\(name)"))
    for row in try Self.lines(name, "rank.jsonl") {
      let documents = try row.array("documents").elements.map { try $0.string() }
      let ranked = try model.rank(row.string("query"), documents)
      let order = try row.ints("order").map(Int.init)
      let scores = try row.floats("scores")
      let found = Dictionary(uniqueKeysWithValues: ranked.map { ($0.row, $0.score) })
      expectNear(order.map { found[$0] ?? .nan }, scores)
      // Scores that are equal to the last digits may lie in either order.
      let level = Dictionary(uniqueKeysWithValues: zip(order, scores))
      for (a, b) in zip(ranked, ranked.dropFirst()) {
        #expect((level[a.row] ?? 0) >= (level[b.row] ?? 0) - 1e-5)
      }
      #expect(
        try model.rank(row.string("query"), documents, top: 2).map(\.row)
          == ranked.prefix(2).map(\.row))
    }
  }

  @Test(arguments: sparse) func textsHaveTheReferencesTerms(name: String) throws {
    let model = try SparseEmbedder(folder: Fixture.path("kinds/\(name)"))
    let rows = try Self.lines(name, "sparse.jsonl")
    for (key, prompt) in [("embedding", nil), ("query", "query"), ("document", "document")] {
      let rows = rows.filter { $0[key] != nil }
      let route = try model.model.route(promptName: prompt, prompt: nil)
      let encodings = try model.model.encodings(
        of: rows.map { Array(try $0.string("text").utf8) }, by: route)
      let vectors = try model.vectors(of: encodings, by: route)
      for (index, row) in rows.enumerated() {
        let ids = prompt.map { "\($0)_ids" } ?? "ids"
        if row[ids] != nil { #expect(try encodings[index].ids == row.ints(ids)) }
        try check(vectors[index], row.object(key))
        let decoded = prompt.map { "decoded_\($0)" } ?? "decoded"
        if let expected = try row.present(decoded) {
          try check(model.decode(vectors[index]), expected)
        }
        guard let most = try row.present("top5") else { continue }
        try check(
          model.vectors(of: [encodings[index]], by: route, mostActive: 5)[0], most.object())
      }
    }
  }

  /// Terms that only one of the two has must be next to nothing.
  private func check(_ row: SparseMatrix.Row, _ expected: JSON) throws {
    #expect(row.indices == row.indices.sorted())
    let found = Dictionary(uniqueKeysWithValues: zip(row.indices, row.values))
    let wanted = try Dictionary(
      uniqueKeysWithValues: zip(expected.ints("indices"), expected.floats("values")))
    let all = Set(found.keys).union(wanted.keys).sorted()
    expectNear(all.map { found[$0] ?? 0 }, all.map { wanted[$0] ?? 0 })
    for index in all where (found[index] == nil) != (wanted[index] == nil) {
      #expect((found[index] ?? wanted[index] ?? 0).magnitude < 1e-4)
    }
  }

  private func check(_ found: [(token: String, weight: Float)], _ expected: JSON) throws {
    #expect(found.map(\.weight) == found.map(\.weight).sorted(by: >))
    let weights = Dictionary(found.map { ($0.token, $0.weight) }) { $1 }
    for entry in expected.elements {
      let token = try #require(entry[0]).string()
      expectNear([weights[token] ?? .nan], [Float(try #require(entry[1]).double())])
    }
  }

  // Of numbers that are up to 10: bfloat16 has 8 digits of two, and bytes as many over a row's range.
  private static let precisions: [(EmbedderOptions.Precision, Float)] = [
    (.bf16x3, 1e-4), (.bf16, 0.1), (.int8, 0.4),
  ]

  @Test(arguments: precisions)
  func headsAreComputedInEveryPrecision(
    precision: EmbedderOptions.Precision, tolerance: Float
  ) throws {
    guard precision.obstacle == nil else { return }
    for name in ["ce_bert", "ce_modernbert_mean", "ce_qwen3_seqcls"] {
      let model = try Reranker(
        folder: Fixture.path("kinds/\(name)"), options: .init(precision: precision))
      let rows = try Self.lines(name, "pairs.jsonl")
      let route = try model.route()
      let logits = try model.logits(of: model.encodings(of: pairs(rows), by: route), by: route)
      for (index, row) in rows.enumerated() {
        expectNear(Array(logits[index]), try row.floats("logits"), tolerance: tolerance)
      }
    }
  }

  /// A score and a sparse vector are the same bits alone and in any company.
  @Test(arguments: rerankers) func aPairHasTheSameBitsInAnyCompany(name: String) throws {
    let rows = try pairs(Self.lines(name, "pairs.jsonl")).prefix(12)
    let alone = try Reranker(
      folder: Fixture.path("kinds/\(name)"), options: .init(threads: 1))
    let route = try alone.route()
    let expected = try rows.map {
      try alone.logits(of: alone.encodings(of: [$0], by: route), by: route)[0].map(\.self)
    }
    for (threads, budget) in [(1, 4096), (2, 64)] {
      let model = try Reranker(
        folder: Fixture.path("kinds/\(name)"),
        options: .init(threads: threads, batchTokens: budget))
      let route = try model.route()
      let logits = try model.logits(
        of: model.encodings(of: Array(rows), by: route), by: route)
      #expect((0..<logits.rows).map { logits[$0].map(\.self) } == expected)
    }
  }

  @Test(arguments: sparse) func aTextHasTheSameTermsInAnyCompany(name: String) throws {
    let texts = try Self.lines(name, "sparse.jsonl").prefix(12).map { try $0.string("text") }
    let alone = try SparseEmbedder(
      folder: Fixture.path("kinds/\(name)"), options: .init(threads: 1))
    let expected = try texts.map { try alone.embed([$0])[0] }
    for (threads, budget) in [(1, 4096), (2, 64)] {
      let model = try SparseEmbedder(
        folder: Fixture.path("kinds/\(name)"),
        options: .init(threads: threads, batchTokens: budget))
      let vectors = try model.embed(texts)
      #expect((0..<vectors.rows).map { vectors[$0] } == expected)
    }
  }
}

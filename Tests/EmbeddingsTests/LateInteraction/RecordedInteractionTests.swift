import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// Whole models of late interaction against what sentence-transformers 6.2.0 gave, and bge-m3's heads
/// against FlagEmbedding's formulas (see Tests/Fixtures/kinds).
@Suite struct RecordedInteractionTests {
  // float32 through 2 layers of 24 columns, as recorded with 8 digits.
  private static let tolerance: Float = 2e-5
  static let models = ["mv_bert", "mv_pooled", "mv_pylate", "mv_stanford"]

  private static func lines(_ model: String, _ file: String) throws -> [JSON] {
    try Fixture.lines(Fixture.path("kinds/\(model)/\(file)"))
  }

  private func numbers(_ row: JSON, _ key: String) throws -> [Float] {
    try row.array(key).elements.flatMap { try $0.elements.map { Float(try $0.double()) } }
  }

  private func vectors(
    _ model: MultiVectorEmbedder, _ texts: [String], _ side: TextSide
  ) throws -> RaggedMatrix {
    let route = try model.model.route(named: side.rawValue)
    let encodings = try model.model.encodings(of: texts.map { Array($0.utf8) }, by: route)
    return try model.vectors(of: encodings, by: route)
  }

  @Test(arguments: models, TextSide.allCases)
  func eachTokenHasTheReferencesVector(name: String, side: TextSide) throws {
    let model = try MultiVectorEmbedder(folder: Fixture.path("kinds/\(name)"))
    let route = try model.model.route(named: side.rawValue)
    let rows = try Self.lines(name, "multi.jsonl").filter { try $0.string("side") == side.rawValue }
    #expect(!rows.isEmpty)
    let found = try vectors(model, rows.map { try $0.string("text") }, side)
    for (index, row) in rows.enumerated() {
      let text = try row.string("text")
      #expect(try route.encoding(of: Array(text.utf8)).ids == row.ints("ids"), "\(text)")
      try expectClose(
        found[index].flatMap { found.matrix[$0] }, numbers(row, "embedding"),
        tolerance: Self.tolerance)
    }
  }

  @Test(arguments: models) func scoresAreTheReferences(name: String) throws {
    let model = try MultiVectorEmbedder(folder: Fixture.path("kinds/\(name)"))
    let rows = try Self.lines(name, "multi.jsonl")
    func side(_ side: TextSide) throws -> RaggedMatrix {
      try vectors(
        model,
        rows.filter { try $0.string("side") == side.rawValue }.map { try $0.string("text") }, side)
    }
    let scores = MaxSim.scores(try side(.query), try side(.document), mean: model.isMean)
    let recorded = try JSON(file: Fixture.path("kinds/\(name)/maxsim.json"))
    let expected = try numbers(recorded, "scores")
    // Sums of up to 20 products.
    let scale = max(1, expected.map(\.magnitude).max() ?? 1)
    expectClose(
      (0..<scores.rows).flatMap { scores[$0] }, expected, tolerance: Self.tolerance * scale)
  }

  @Test(arguments: models) func aTextsVectorsDoNotDependOnItsCompany(name: String) throws {
    let model = try MultiVectorEmbedder(folder: Fixture.path("kinds/\(name)"))
    let texts = try Self.lines(name, "multi.jsonl").map { try $0.string("text") }
    for side in TextSide.allCases {
      let all = try vectors(model, texts, side)
      for (index, text) in texts.enumerated() {
        let alone = try vectors(model, [text], side)
        #expect(alone[0].flatMap { alone.matrix[$0] } == all[index].flatMap { all.matrix[$0] })
      }
    }
  }

  private func options(_ kind: ModelKind) -> EmbedderOptions {
    var options = EmbedderOptions()
    options.kind = kind
    return options
  }

  @Test func bgeM3GivesWeightsOfTokens() throws {
    let model = try SparseEmbedder(
      folder: Fixture.path("kinds/bge_m3"), options: options(.sparse))
    for row in try Self.lines("bge_m3", "m3.jsonl") {
      let text = try row.string("text")
      let found = try model.embed([text])[0]
      let expected = try row.object("lexical")
      #expect(try found.indices == expected.ints("indices"), "\(text)")
      try expectClose(found.values, expected.floats("values"), tolerance: Self.tolerance)
    }
  }

  @Test func bgeM3GivesVectorsOfTokens() throws {
    let model = try MultiVectorEmbedder(
      folder: Fixture.path("kinds/bge_m3"), options: options(.multi))
    #expect(model.isMean)
    for row in try Self.lines("bge_m3", "m3.jsonl") {
      let found = try model.embed([try row.string("text")])
      try expectClose(
        found[0].flatMap { found.matrix[$0] }, numbers(row, "colbert"), tolerance: Self.tolerance)
    }
  }

  @Test func documentsArePooledWhereItIsAskedFor() throws {
    let folder = Fixture.path("kinds/mv_bert")
    let text = ["A man is playing the guitar while two women sing."]
    let whole = try MultiVectorEmbedder(folder: folder)
    var options = EmbedderOptions()
    options.poolFactor = 2
    let pooled = try MultiVectorEmbedder(folder: folder, options: options)
    let count = try vectors(whole, text, .document)[0].count
    #expect(try vectors(pooled, text, .document)[0].count == 1 + max(1, (count - 1) / 2))
    let (asked, same) = (try vectors(pooled, text, .query), try vectors(whole, text, .query))
    #expect(asked[0].flatMap { asked.matrix[$0] } == same[0].flatMap { same.matrix[$0] })
  }
}

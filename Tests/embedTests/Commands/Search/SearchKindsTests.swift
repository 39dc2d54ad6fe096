import Foundation
import TestSupport
import Testing

/// `embed search` with sparse models, with late interaction, and in several stages.
@Suite struct SearchKindsTests {
  private let folder: ScratchFolder
  private static let notes = ["the cat", "a river", "", "the house", "the cat", "a mat by a river"]

  init() throws {
    folder = try ScratchFolder()
    try folder.write("notes.txt", Self.notes.map { $0 + "\n" }.joined())
  }

  private var notes: String { "\(folder.path)/notes.txt" }

  private func search(_ model: String, _ arguments: String...) throws -> CommandResult {
    try embedCommand(["search", "-m", model, "--corpus", notes] + arguments)()
  }

  private func rows(_ line: String) throws -> [Int] {
    try hits(line).compactMap { $0["row"] as? Int }
  }

  @Test(arguments: ["mv_bert", "mv_pylate", "mv_stanford", "mv_pooled"])
  func lateInteractionHasTheRecordedScores(_ name: String) throws {
    let model = RecordedModel(name)
    let recorded = try model.rows("multi.jsonl")
    let documents = recorded.filter { $0["side"] as? String == "document" }
    let queries = recorded.filter { $0["side"] as? String == "query" }
    let corpus = try folder.write("corpus.jsonl", RecordedModel.lines(documents, "text"))
    let result = try embedCommand([
      "search", "-m", model.path, "--quiet", "--corpus", corpus, "--top", "\(documents.count)",
    ])(queries.flatMap { Array("\($0["text"] ?? "")\n".utf8) })
    expectRows(result, queries.count)
    let file = String(
      decoding: try ScratchFolder.bytes(of: "\(model.path)/maxsim.json"), as: UTF8.self)
    let expected = try #require(try object(file)["scores"] as? [[NSNumber]])
    for (line, scores) in zip(result.lines, expected) {
      var found = [Float](repeating: .nan, count: documents.count)
      for hit in try hits(line) {
        found[try #require(hit["row"] as? Int)] =
          try #require(hit["score"] as? NSNumber).floatValue
      }
      // Sums of some 32 cosines, each within 2e-5.
      expectClose(found, scores.map(\.floatValue), tolerance: 3e-4)
    }
  }

  @Test(arguments: ["sp_bert", "sp_inference_free", "sp_csr"])
  func sparseScoresAreThoseOfTheVectors(_ name: String) throws {
    let model = RecordedModel(name)
    let result = try search(model.path, "the cat by a river", "--top", "6", "--metric", "dot")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    func vector(_ text: String, _ side: String) throws -> [Int: Float] {
      let line = try embed(
        "encode", "-m", model.path, "--prompt-name", side, "--quiet", input: text + "\n"
      ).lines[0]
      let numbers = try #require(SparseNumbers(try object(line)["embedding"]))
      return Dictionary(uniqueKeysWithValues: zip(numbers.indices, numbers.values))
    }
    let query = try vector("the cat by a river", "query")
    for hit in try hits(result.lines[0]) {
      let document = try vector(try #require(hit["text"] as? String), "document")
      let expected = query.reduce(Float(0)) { $0 + $1.value * (document[$1.key] ?? 0) }
      let score = try #require(hit["score"] as? NSNumber).floatValue
      // Some hundred products, added in another order.
      expectClose([score], [expected], tolerance: 1e-4 * max(1, abs(expected)))
    }
  }

  @Test(arguments: [("sp_bert", "notes.npz"), ("mv_bert", "notes.npy")])
  func savedVectorsGiveTheSameHits(_ name: String, _ file: String) throws {
    let model = RecordedModel(name).path
    let saved = "\(folder.path)/\(file)"
    let fresh = try search(model, "a cat", "--save", saved, "--quiet")
    expectRows(fresh, 1)
    #expect(try search(model, "a cat", "--vectors", saved, "--quiet").lines == fresh.lines)
    let without = try embed("search", "-m", model, "--vectors", saved, "--quiet", "a cat")
    #expect(try rows(without.lines[0]) == rows(fresh.lines[0]))
    let bare = try embed("search", "--vectors", saved, "--queries", saved, "--top", "1")
    expectRows(bare, Self.notes.count)
    try folder.write("notes.txt", "another text\n")
    expectFailure(
      try search(model, "a cat", "--vectors", saved, "--quiet"),
      ["\(saved) was made with other texts"])
  }

  @Test(arguments: [("sp_bert", "x.npy", "npz"), ("mv_bert", "x.npz", "npy")])
  func vectorsAreSavedUnderTheirEnding(_ name: String, _ file: String, _ wanted: String) throws {
    let kind = name == "sp_bert" ? "a sparse" : "this"
    let path = "\(folder.path)/\(file)"
    expectFailure(
      try search(RecordedModel(name).path, "a", "--save", path),
      message: "--save \(path): the vectors of \(kind) model are saved as .\(wanted); name a "
        + "FILE.\(wanted)")
  }

  @Test func lateInteractionHasNoOtherMetric() throws {
    expectFailure(
      try search(RecordedModel("mv_bert").path, "a", "--metric", "cosine"),
      ["--metric cosine: a late-interaction model compares texts by MaxSim"])
  }

  @Test func aRerankerOrdersTheCandidates() throws {
    let reranker = RecordedModel("ce_bert").path
    let first = try hits(search(Models.tiny, "the cat", "--top", "6").lines[0])
    let result = try search(Models.tiny, "the cat", "--rerank", reranker, "--top", "3")
    expectRows(result, 1)
    let found = try hits(result.lines[0])
    let ranked = try embed("rerank", "-m", reranker, "the cat", notes).lines.map(object)
    #expect(found.count == 3)
    #expect(
      found.map { $0["score"] as? Double } == ranked.prefix(3).map { $0["score"] as? Double })
    for hit in found {
      let before = first.first { $0["row"] as? Int == hit["row"] as? Int }
      #expect(hit["retrieved"] as? Double == before?["score"] as? Double)
    }
    let one = try search(
      Models.tiny, "the cat", "--rerank", reranker, "--candidates", "2", "--top", "2")
    #expect(Set(try rows(one.lines[0])) == Set(first.prefix(2).compactMap { $0["row"] as? Int }))
  }

  @Test(arguments: ["rrf", "sum"])
  func twoSearchesAreFused(_ way: String) throws {
    let sparse = RecordedModel("sp_bert").path
    let result = try search(Models.tiny, "the cat", "--hybrid", sparse, "--fuse", way, "--quiet")
    expectRows(result, 1)
    let found = try hits(result.lines[0])
    #expect(found.count == 6)
    let scores = found.compactMap { $0["score"] as? Double }
    #expect(scores == scores.sorted(by: >))
    guard way == "rrf" else { return }
    let lists = try [Models.tiny, sparse].map {
      try rows(search($0, "the cat", "--quiet").lines[0])
    }
    for hit in found {
      let row = try #require(hit["row"] as? Int)
      let expected = lists.reduce(0.0) { $0 + 1 / Double(61 + ($1.firstIndex(of: row) ?? 999)) }
      expectClose(
        [try #require(hit["score"] as? NSNumber).floatValue], [Float(expected)], tolerance: 1e-6)
    }
  }

  @Test(arguments: [
    (["--candidates", "3"], "--candidates needs --rerank or --hybrid"),
    (["--fuse", "sum"], "--fuse needs --hybrid"),
    (["--rerank", "x", "--candidates", "0"], "--candidates must be at least 1"),
  ])
  func whatMeansNothingIsWrongUsage(_ arguments: [String], _ words: String) throws {
    let result = try embedCommand(
      ["search", "-m", Models.tiny, "--corpus", notes, "a"] + arguments)()
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(words), "\(result.stderr)")
  }

  @Test func rerankingNeedsTheTexts() throws {
    let result = try embed("search", "-m", Models.tiny, "--vectors", "x.npy", "--rerank", "y", "a")
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains("--rerank reads the texts that were found; give them with"))
  }
}

import Foundation
import TestSupport
import Testing
import Vectors

/// `embed encode` with models that give each token a vector.
@Suite struct EncodeTokenVectorsTests {
  private static let model = RecordedModel("mv_bert")
  // Recorded in float32 by another program, which adds in another order.
  private static let tolerance = 2e-5

  private static func input(_ side: String = "document") throws -> [UInt8] {
    try RecordedModel.lines(
      model.rows("multi.jsonl").filter { $0["side"] as? String == side }, "text")
  }

  private static func vectors(_ line: String) throws -> [[Double]] {
    try #require(object(line)["embedding"] as? [[Double]])
  }

  @Test(
    arguments: ["mv_bert", "mv_pylate", "mv_stanford", "mv_pooled"].map(RecordedModel.init),
    ["query", "document"])
  func eachTokenThatCountsHasItsVector(_ model: RecordedModel, _ side: String) throws {
    let rows = try model.rows("multi.jsonl").filter { $0["side"] as? String == side }
    let result = try model(
      "encode", ["--prompt-name", side], input: RecordedModel.lines(rows, "text"))
    expectRows(result, rows.count)
    for (line, row) in zip(result.lines, rows) {
      let found = try Self.vectors(line)
      let recorded = try #require(row["embedding"] as? [[Double]])
      #expect(found.map(\.count) == recorded.map(\.count))
      let apart = zip(found.joined(), recorded.joined()).map { ($0 - $1).magnitude }.max() ?? 0
      #expect(apart <= Self.tolerance)
    }
  }

  @Test func aTextIsADocumentWhereNothingIsSaid() throws {
    let input = try Self.input()
    func output(_ arguments: String...) throws -> [UInt8] {
      try Self.model("encode", arguments, input: input).stdout
    }
    // The prompts are the model's own, the side is not that of their names.
    #expect(try output("--prompt", "passage: ") == output("--prompt-name", "document"))
    #expect(try output("--prompt", "query: ") != output("--prompt-name", "query"))
  }

  @Test func npyHasAllRowsAndTheLengthsBesideThem() throws {
    let folder = try ScratchFolder()
    let (file, input) = (folder.file("x.npy"), try Self.input())
    expectRows(try Self.model("encode", ["--output", file], input: input), 0)
    #expect(try folder.names == ["x.npy", "x.npy.json", "x.npy.lengths.npy"])
    let groups = try RaggedFile(file).matrix
    let lines = try Self.model("encode", input: input).lines
    #expect(groups.count == lines.count)
    for (index, line) in lines.enumerated() {
      let expected = try Self.vectors(line).map { $0.map(Float.init) }
      #expect(groups[index].map { groups.matrix[$0] } == expected)
    }
  }

  @Test func npyNeedsAFileToHaveLengthsBesideIt() throws {
    let result = try Self.model("encode", ["--format", "npy"], input: Self.input())
    expectFailure(result, ["give --output FILE, or take --format jsonl"])
  }

  @Test func aRunThatFailedGoesOn() throws {
    let folder = try ScratchFolder()
    let (file, input) = (folder.file("x.npy"), try Self.input())
    let failed = try Self.model("encode", ["--output", file], input: input + Array("[]\n".utf8))
    #expect(failed.ending == .exited(1))
    let parts = ["x.npy.lengths.npy.part", "x.npy.part", "x.npy.part.json"]
    #expect(try folder.names == parts)
    let (vectors, lengths) = (try folder.bytes(parts[1]), try folder.bytes(parts[0]))
    expectRows(try Self.model("encode", ["--output", file], input: input), 0)
    let whole = try [folder.bytes("x.npy"), folder.bytes("x.npy.lengths.npy")]
    let record = try recordOfAPart(input)
    // Either file may have been cut off: vectors without a length, and the other way around.
    for (lostVectors, lostLengths) in [(0, 0), (5, 0), (0, 3), (3000, 0), (0, 16)] {
      try folder.write(parts[1], vectors.dropLast(lostVectors))
      try folder.write(parts[0], lengths.dropLast(lostLengths))
      try folder.write(parts[2], record)
      expectRows(try Self.model("encode", ["--output", file, "--resume"], input: input), 0)
      #expect(try [folder.bytes("x.npy"), folder.bytes("x.npy.lengths.npy")] == whole)
      #expect(try folder.names == ["x.npy", "x.npy.json", "x.npy.lengths.npy"])
    }
  }

  /// The record beside a part that such a run has left.
  private func recordOfAPart(_ input: [UInt8]) throws -> [UInt8] {
    let folder = try ScratchFolder()
    _ = try Self.model(
      "encode", ["--output", folder.file("x.npy")], input: input + Array("[]\n".utf8))
    return try folder.bytes("x.npy.part.json")
  }

  @Test func documentsArePooledAndQueriesAreNot() throws {
    let input = try Self.input()
    let whole = try Self.model("encode", input: input).lines.map(Self.vectors)
    let pooled = try Self.model("encode", ["--pool-factor", "2"], input: input)
    expectRows(pooled, whole.count)
    for (line, whole) in zip(pooled.lines, whole) {
      // The first is left alone, of the others half stay.
      #expect(try Self.vectors(line).count == 1 + max(1, (whole.count - 1) / 2))
    }
    expectFailure(
      try Self.model("encode", ["--pool-factor", "2", "--prompt-name", "query"], input: input),
      ["--pool-factor is for documents"])
  }

  @Test(arguments: [
    (["--quantize", "int8"], "--quantize is for models with one vector a text"),
    (["--dimensions", "3"], "--dimensions is for models with one vector a text"),
    (["--normalize"], "--normalize is for models with one vector a text"),
    (["--long", "chunk"], "--long chunk takes the mean of dense vectors"),
    (["--format", "f32"], "--format f32 has one vector a text"),
    (["--format", "csv"], "--format csv has one vector a text"),
    (["--format", "npz"], "--format npz has one vector a text"),
    (["--sparse", "tokens"], "--sparse is for sparse models"),
    (["--max-active", "3"], "--max-active is for sparse models"),
    (["--dense"], "--dense is for sparse models"),
  ])
  func whatMeansNothingIsRefused(_ arguments: [String], _ reason: String) throws {
    expectFailure(
      try Self.model("encode", arguments, input: Array("{\"text\":\"a\"}\n".utf8)),
      ["\(Self.model.path): \(reason)"])
  }
}

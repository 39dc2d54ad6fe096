import Foundation
import TestSupport
import Testing
import Vectors

/// `embed encode` with models that give sparse vectors.
@Suite struct EncodeSparseTests {
  private static let model = RecordedModel("sp_bert")
  // Recorded in float32 by another program, which adds in another order.
  private static let tolerance: Float = 2e-5

  private static func rows() throws -> [[String: Any]] { try model.rows("sparse.jsonl") }

  private static func input() throws -> [UInt8] { try RecordedModel.lines(rows(), "text") }

  @Test(arguments: ["sp_bert", "sp_mpnet", "sp_csr"].map(RecordedModel.init))
  func aSparseVectorIsIndicesAndValues(_ model: RecordedModel) throws {
    let rows = try model.rows("sparse.jsonl")
    let result = try model("encode", input: RecordedModel.lines(rows, "text"))
    expectRows(result, rows.count)
    for (line, row) in zip(result.lines, rows) {
      let found = try #require(SparseNumbers(object(line)["embedding"]))
      let recorded = try #require(SparseNumbers(row["embedding"]))
      #expect(found.indices == found.indices.sorted())
      #expect(found.difference(from: recorded) <= Self.tolerance)
    }
  }

  @Test func tokensAreHeaviestFirst() throws {
    let rows = try Self.rows().filter { $0["decoded"] != nil }
    let result = try Self.model(
      "encode", ["--sparse", "tokens", "--no-text"], input: RecordedModel.lines(rows, "text"))
    expectRows(result, rows.count)
    for (line, row) in zip(result.lines, rows) {
      let recorded = try #require(row["decoded"] as? [[Any]])
      let names = recorded.compactMap { $0.first as? String }
      let found = try #require(object(line)["embedding"] as? [String: NSNumber])
      #expect(Set(found.keys) == Set(names))
      // The order is that of the line; parsed, it is lost.
      let start = try #require(line.range(of: "\"embedding\":{"))
      let weights = numbersAfterColons(line[start.upperBound...])
      #expect(weights.count == names.count && weights == weights.sorted(by: >))
    }
  }

  private func numbersAfterColons(_ text: Substring) -> [Float] {
    text.split(separator: ":").dropFirst().compactMap { part in
      Float(String(part.prefix { !",}".contains($0) }))
    }
  }

  @Test(arguments: [1, 5, 100_000]) func onlyTheLargestStay(_ count: Int) throws {
    let whole = try Self.model("encode", input: Self.input())
    let result = try Self.model("encode", ["--max-active", "\(count)"], input: Self.input())
    for (line, whole) in zip(result.lines, whole.lines) {
      let found = try #require(SparseNumbers(object(line)["embedding"]))
      let all = try #require(SparseNumbers(object(whole)["embedding"]))
      #expect(found.values.sorted() == all.values.sorted().suffix(count))
    }
  }

  @Test func denseVectorsHaveTheirZeros() throws {
    let folder = try ScratchFolder()
    let sparse = try Self.model("encode", input: Self.input())
    let result = try Self.model("encode", ["--dense"], input: Self.input())
    let file = folder.file("x.npy")
    expectRows(try Self.model("encode", ["--dense", "--output", file], input: Self.input()), 0)
    let matrix = try NumPyFile(file).matrix
    for (index, (line, whole)) in zip(result.lines, sparse.lines).enumerated() {
      let found = numbers(line)
      let recorded = try #require(SparseNumbers(object(whole)["embedding"]))
      #expect(found.indices.filter { found[$0] != 0 } == recorded.indices)
      #expect(recorded.indices.map { found[$0] } == recorded.values)
      #expect(matrix[index] == found)
    }
  }

  @Test(arguments: [false, true]) func npzHoldsTheSameRows(_ toPipe: Bool) throws {
    let folder = try ScratchFolder()
    let file = folder.file("x.npz")
    if toPipe {
      let result = try Self.model("encode", ["--format", "npz"], input: Self.input())
      #expect(result.ending == .exited(0), "\(result.stderr)")
      try folder.write("x.npz", result.stdout)
    } else {
      expectRows(try Self.model("encode", ["--output", file], input: Self.input()), 0)
    }
    #expect(try folder.names == (toPipe ? ["x.npz"] : ["x.npz", "x.npz.json"]))
    let matrix = try CSRFile(file).matrix
    let lines = try Self.model("encode", input: Self.input()).lines
    #expect(matrix.rows == lines.count)
    for (index, line) in lines.enumerated() {
      let row = try #require(SparseNumbers(object(line)["embedding"]))
      #expect(matrix[index].indices.map(Int.init) == row.indices)
      #expect(matrix[index].values == row.values)
    }
  }

  @Test func anEmptyInputIsAnEmptyMatrix() throws {
    let folder = try ScratchFolder()
    expectRows(try Self.model("encode", ["--output", folder.file("x.npz")], input: []), 0)
    #expect(try CSRFile(folder.file("x.npz")).matrix.rows == 0)
  }

  @Test func aRunThatFailedGoesOn() throws {
    let folder = try ScratchFolder()
    let (file, input) = (folder.file("x.npz"), try Self.input())
    let failed = try Self.model("encode", ["--output", file], input: input + Array("[]\n".utf8))
    #expect(failed.ending == .exited(1))
    #expect(try folder.names == ["x.npz.part", "x.npz.part.json"])
    // The last row was cut off.
    try folder.write("x.npz.part", folder.bytes("x.npz.part").dropLast(3))
    expectRows(try Self.model("encode", ["--output", file, "--resume"], input: input), 0)
    let resumed = try folder.bytes("x.npz")
    expectRows(try Self.model("encode", ["--output", file], input: input), 0)
    #expect(try folder.bytes("x.npz") == resumed)
    #expect(try folder.names == ["x.npz", "x.npz.json"])
  }

  @Test func aRunOfOtherOptionsIsNotResumed() throws {
    let folder = try ScratchFolder()
    let (file, input) = (folder.file("x.npz"), try Self.input())
    _ = try Self.model(
      "encode", ["--output", file, "--max-active", "4"], input: input + Array("[]\n".utf8))
    expectFailure(
      try Self.model("encode", ["--output", file, "--resume"], input: input),
      message:
        "\(file).part was made with --max-active 4, this run has unset; give what it had, or "
        + "start again without --resume")
  }

  @Test(arguments: [
    (["--quantize", "int8"], "--quantize is for dense vectors"),
    (["--dimensions", "3"], "--dimensions is for dense vectors"),
    (["--normalize"], "--normalize is for dense vectors"),
    (["--long", "chunk"], "--long chunk takes the mean of dense vectors"),
    (["--format", "npy"], "--format npy has a number for each entry of the vocabulary"),
    (["--format", "f32"], "--format f32 has a number for each entry of the vocabulary"),
    (["--format", "csv"], "--format csv has a number for each entry of the vocabulary"),
    (["--format", "npz", "--dense"], "--format npz has no zeros"),
    (["--format", "npz", "--sparse", "tokens"], "--sparse is for jsonl"),
  ])
  func whatMeansNothingIsRefused(_ arguments: [String], _ reason: String) throws {
    expectFailure(
      try Self.model("encode", arguments, input: Array("{\"text\":\"a\"}\n".utf8)),
      ["\(Self.model.path): \(reason)"])
  }

  @Test(arguments: [
    (["--sparse", "tokens"], "--sparse"), (["--max-active", "3"], "--max-active"),
    (["--dense"], "--dense"), (["--format", "npz"], "--format npz"),
  ])
  func aDenseModelHasNoUseForThem(_ arguments: [String], _ option: String) throws {
    expectFailure(
      try embedCommand(["encode", "-m", Models.tiny] + arguments)(Array("a\n".utf8)),
      ["\(Models.tiny): \(option) is for "])
  }

  @Test(arguments: [Models.tiny, model.path]) func oneVectorATextIsNotPooled(_ model: String) throws
  {
    expectFailure(
      try embedCommand(["encode", "-m", model, "--pool-factor", "2"])(Array("a\n".utf8)),
      ["--pool-factor joins the vectors of a text's tokens"])
  }

  @Test(arguments: [
    (["--max-active", "0"], "--max-active must be at least 1"),
    (["--pool-factor", "0.5"], "--pool-factor must be a number, at least 1"),
    (["--dense", "--sparse", "indices"], "--dense and --sparse exclude each other"),
  ])
  func whatCannotBeIsWrongUsage(_ arguments: [String], _ reason: String) throws {
    let result = try embedCommand(["encode", "-m", Self.model.path] + arguments)([])
    #expect(result.ending == .exited(64))
    #expect(result.stderr.contains(reason), "\(result.stderr)")
  }

  @Test func aRowThatCannotBeReadIsNull() throws {
    let result = try Self.model(
      "encode", ["--on-error", "null"], input: Array("{\"text\":\"a\"}\n{}\n".utf8))
    expectRows(result, 2)
    #expect(result.lines[1].hasPrefix("{\"embedding\":null,\"error\":\""))
  }

  @Test func aRerankerIsRefusedWithTheCommandThatTakesIt() throws {
    let result = try embedCommand(["encode", "-m", RecordedModel("ce_bert").path])(
      Array("a\n".utf8))
    expectFailure(result, ["rerank"])
  }
}

import TestSupport
import Testing

/// `embed verify`.
@Suite struct VerifyTests {
  private static let golden = "\(Models.root)/Tests/Fixtures/bert-tiny.golden.jsonl"

  private func verify(_ arguments: String...) throws -> CommandResult {
    try embedCommand(["verify", "-m", Models.tiny] + arguments)([])
  }

  /// Runs it over lines of one's own.
  private func verify(lines: String, _ arguments: String...) throws -> CommandResult {
    let scratch = try ScratchFolder()
    let file = try scratch.write("golden.jsonl", lines)
    return try embedCommand(["verify", "-m", Models.tiny, "--golden", file] + arguments)([])
  }

  @Test func whatTheReferenceRecordedHolds() throws {
    let result = try verify("--golden", Self.golden)
    #expect(result.ending == .exited(0))
    #expect(result.text.contains("ids      18 of 18 the same"))
    #expect(result.text.contains("vectors  18, largest difference"))
  }

  @Test func aVectorBeyondTheToleranceIsNamed() throws {
    let result = try verify("--golden", Self.golden, "--tolerance", "1e-9", "--json")
    #expect(result.ending == .exited(1))
    #expect(try object(result.lines[0])["holds"] as? Bool == false)
    #expect(result.stderr.contains("bert-tiny.golden.jsonl, line"))
    #expect(result.stderr.contains("more than the tolerance of 1e-09"))
  }

  /// A copy of the model with the sums of its weights.
  private func copy(in scratch: ScratchFolder) throws -> String {
    let result = try embed("convert", "-m", Models.tiny, "--output", scratch.file("copy"))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return scratch.file("copy")
  }

  @Test func theWeightsOfACopyHaveTheirSums() throws {
    let scratch = try ScratchFolder()
    let copy = try copy(in: scratch)
    let result = try embed("verify", "-m", copy)
    expectRows(result, 1)
    #expect(result.text == "weights  1 with the recorded SHA-256\n")
    let both = try embed("verify", "-m", copy, "--golden", Self.golden, "--json")
    expectRows(both, 1)
    let found = try object(both.text)
    #expect(found["weights_with_recorded_sum"] as? Int == 1 && found["id_lists"] as? Int == 18)
    #expect(found["holds"] as? Bool == true)
  }

  @Test func weightsThatWereChangedAreNamed() throws {
    let scratch = try ScratchFolder()
    let copy = try copy(in: scratch)
    var bytes = try scratch.bytes("copy/model.safetensors")
    bytes[bytes.count - 1] ^= 1
    try scratch.write("copy/model.safetensors", bytes)
    let recorded = try scratch.text("copy/SHA256SUMS").prefix(64)
    expectFailure(
      try embed("verify", "-m", copy),
      [
        "embed: \(copy)/model.safetensors: its SHA-256 is ",
        ", SHA256SUMS has \(recorded); the file was changed or damaged: get it again, or make the "
          + "model again\n",
      ])
  }

  @Test func withoutSumsAndRecordedVectorsThereIsNothingToVerify() throws {
    expectFailure(
      try verify(),
      message: "\(Models.tiny) has no SHA256SUMS to compare its weights with; give recorded "
        + "vectors with --golden FILE")
  }

  @Test(arguments: [
    ("abc  model.safetensors\n", 1), (valid + "\n" + digits + "  ../model.safetensors\n", 2),
    (digits + "  /model.safetensors\n", 1), (digits + "  \n", 1), (digits + "model\n", 1),
    ("g" + digits.dropFirst() + "  model.safetensors\n", 1),
  ])
  func aLineOfSumsThatIsNoneIsNamed(_ sums: String, _ line: Int) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let file = try model.write("SHA256SUMS", sums)
    expectFailure(
      try embed("verify", "-m", model.path),
      message: "\(file), line \(line): should be 64 hexadecimal digits, two spaces and a file "
        + "below the model's folder")
  }

  private static let digits = String(repeating: "0f", count: 32)
  private static let valid = digits + "  model.safetensors"

  @Test(arguments: [
    (#"{"text":"the cat","ids":[2,120,282,3]}"#, nil),
    (#"{"text":"the cat","ids":[2,120,282]}"#, "line 1: the ids differ"),
    (#"{"text":"the cat","ids":[2,120,"282",3]}"#, "whole number"),
    (#"{"text":"the cat","ids":[2,120,4294967296,3]}"#, "a token's id"),
    (#"{"text":"the cat","embedding":[1,2]}"#, "2 numbers, the model's vectors have 32"),
    (#"{"text":"the cat"}"#, "nothing to compare"), ("", "nothing to compare"),
    (#"{"ids":[2,3]}"#, "no `text`"), ("[1]", "should be an object"),
  ])
  func aLineIsComparedOrRefused(_ line: String, _ message: String?) throws {
    let result = try verify(lines: line + "\n")
    #expect(result.ending == .exited(message == nil ? 0 : 1))
    if let message { #expect(result.stderr.contains(message), "\(result.stderr)") }
  }
}

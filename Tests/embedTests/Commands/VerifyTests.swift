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

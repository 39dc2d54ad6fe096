import TestSupport
import Testing

/// How `embed` answers what it was not made for, and questions about itself.
@Suite struct UsageTests {
  @Test(
    arguments: [
      (["frobnicate"], "frobnicate"), (["encode", "--colour"], "--colour"),
      (["encode", "--output"], "--output"), (["encode", "-m"], "-m"),
      (["encode", "--prompt", "a", "--no-prompt"], "--no-prompt"),
      (["encode", "--prompt", "a", "--prompt-name", "query"], "--prompt-name"),
      (["tokenize", "--prompt", "a", "--prompt-name", "query"], "--prompt-name"),
      (["encode", "--threads", "0"], "--threads"), (["encode", "--threads", "-1"], "threads"),
      (["encode", "--threads", "two"], "--threads"), (["encode", "--threads", "1.5"], "--threads"),
      (["encode", "--threads", "99999999999999999999"], "--threads"),
      (["encode", "--batch-tokens", "0"], "--batch-tokens"),
      (["encode", "--max-length", "0"], "--max-length"),
      (["encode", "--dimensions", "0"], "--dimensions"), (["encode", "--format", "xml"], "jsonl"),
      (["encode", "--input", "xml"], "jsonl"), (["encode", "--long", "never"], "cut"),
      (["encode", "--on-error", "ignore"], "null"),
      (["encode", "--on-error", "null", "--format", "npy"], "--on-error"),
      (["encode", "--on-error", "null", "--output", "x.csv"], "csv"),
      (["encode", "--quantize", "int4"], "ubinary"),
      (["encode", "--quantize", "binary", "--format", "f32"], "i8"),
      (["encode", "--quantize", "uint8", "--output", "x.i8"], "u8"),
      (["encode", "--format", "u8"], "--quantize"),
      (["encode", "--quantize", "binary", "--calibration", "x"], "int8"),
      (["encode", "--calibration", "x"], "int8"),
      (["encode", "--quantize", "int8", "--calibration", "-"], "file"),
      (["encode", "--resume"], "--output"), (["encode", "--resume", "--output", "-"], "--output"),
      (["encode", "--resume", "--output", "x", "--quantize", "int8"], "--calibration"),
      (["encode", "--precision", "f64"], "f32"), (["encode", "--progress", "often"], "auto"),
      (["similarity"], "two texts"), (["similarity", "a"], "two texts"),
      (["similarity", "a", "b", "--pairs", "x.csv"], "--pairs"),
      (["similarity", "a", "b", "--metric", "hamming"], "cosine"),
      (["inspect", "a", "b"], "b"), (["bench", "--rounds", "0"], "--rounds"),
      (["bench", "--threads", "0"], "--threads"), (["bench", "--threads", "1,x"], "--threads"),
      (["bench", "-m", "/nowhere", "--threads", ","], "--threads"),
      (["bench", "-m", "/nowhere", "--threads", ""], "--threads"),
      (["bench", "--precision", "f64"], "f32"),
      (["bench", "-m", "/nowhere", "--precision", ""], "--precision"),
      (["bench", "--batch-tokens", "0"], "--batch-tokens"),
    ] as [([String], String)])
  func wrongUsageIsSixtyFour(_ arguments: [String], _ word: String) throws {
    let result = try embedCommand(arguments)()
    #expect(result.ending == .exited(64), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.contains(word), "\(result.stderr)")
  }

  @Test(
    arguments: [
      ([], ["USAGE: embed", "encode", "similarity", "tokenize", "inspect", "bench"]),
      (["--help"], ["USAGE: embed", "encode"]), (["-h"], ["USAGE: embed"]),
      (["help", "encode"], ["--batch-tokens", "--on-error"]),
      (["encode", "--help"], ["--output", "--long", "--max-length", "--precision", "--field"]),
      (["similarity", "--help"], ["--pairs", "--metric", "--json"]),
      (["tokenize", "--help"], ["--prompt-name"]), (["inspect", "--help"], ["--json"]),
      (["bench", "--help"], ["--rounds", "--json"]), (["--version"], ["0.1.0"]),
    ] as [([String], [String])])
  func helpIsOnStandardOutput(_ arguments: [String], _ words: [String]) throws {
    let result = try embedCommand(arguments)()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty)
    for word in words { #expect(result.text.contains(word)) }
  }

  @Test(arguments: [("zsh", "#compdef embed"), ("bash", "embed"), ("fish", "embed")])
  func completionScriptsAreWritten(_ shell: String, _ word: String) throws {
    let result = try embed("--generate-completion-script", shell)
    #expect(result.ending == .exited(0))
    #expect(result.text.contains(word))
    #expect(result.text.contains("tokenize"))
  }

  @Test func aFailureIsOneAndSaysSoOnce() throws {
    expectFailure(try embed("encode", "-m", "/nowhere/at all"), ["/nowhere/at all"])
  }

  @Test func controlBytesOfNamesAreSpelledOut() throws {
    let result = try embed("encode", "-m", "/nowhere/\u{1B}[31mred")
    expectFailure(result, ["\\x1b[31mred"])
  }
}

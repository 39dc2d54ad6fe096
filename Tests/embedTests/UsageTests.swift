import TestSupport
import Testing

/// How `embed` answers what it was not made for, and questions about itself.
@Suite struct UsageTests {
  @Test(
    arguments: [
      (["frobnicate"], "no command `frobnicate`; `embed --help` lists those there are"),
      (["encode", "--colour"], "Unknown option '--colour'"),
      (["encode", "--output"], "Missing value for '--output <FILE>'"),
      (["encode", "-m"], "Missing value for '-m <DIR|NAME>'"),
      (
        ["encode", "--prompt", "a", "--no-prompt"],
        "--no-prompt excludes --prompt-name and --prompt; give one of the three"
      ),
      (
        ["encode", "--prompt", "a", "--prompt-name", "query"],
        "--prompt-name and --prompt exclude each other; give one of them"
      ),
      (
        ["tokenize", "--prompt", "a", "--prompt-name", "query"],
        "--prompt-name and --prompt exclude each other; give one of them"
      ),
      (["encode", "--threads", "0"], "--threads must be at least 1"),
      (["encode", "--threads", "-1"], "--threads must be at least 1"),
      (["encode", "--threads", "two"], "The value 'two' is invalid for '--threads <N>'"),
      (["encode", "--threads", "1.5"], "The value '1.5' is invalid for '--threads <N>'"),
      (
        ["encode", "--threads", "99999999999999999999"],
        "The value '99999999999999999999' is invalid for '--threads <N>'"
      ),
      (["encode", "--batch-tokens", "0"], "--batch-tokens must be at least 1"),
      (["encode", "--max-length", "0"], "--max-length must be at least 1"),
      (["encode", "--dimensions", "0"], "--dimensions must be at least 1"),
      (
        ["encode", "--memory", "0"],
        "The value '0' is invalid for '--memory <SIZE>': should be a size such as 512M, 4G or 1.5G"
      ),
      (
        ["encode", "--memory", "x"],
        "The value 'x' is invalid for '--memory <SIZE>': should be a size such as 512M, 4G or 1.5G"
      ),
      (
        ["encode", "--memory", "4Q"],
        "The value '4Q' is invalid for '--memory <SIZE>': should be a size such as 512M, 4G or 1.5G"
      ),
      (
        ["encode", "--format", "xml"],
        "The value 'xml' is invalid for '--format <FORMAT>'. Please provide one of the following:"
      ),
      (
        ["encode", "--input", "xml"],
        "The value 'xml' is invalid for '--input <FORMAT>'. Please provide one of the following:"
      ),
      (
        ["encode", "--long", "never"],
        "The value 'never' is invalid for '--long <cut|error|chunk>'. Please provide one of 'cut', 'error' or 'chunk'."
      ),
      (
        ["encode", "--on-error", "ignore"],
        "The value 'ignore' is invalid for '--on-error <stop|null>'. Please provide one of 'stop' and 'null'."
      ),
      (
        ["encode", "--on-error", "null", "--format", "npy"],
        "--on-error null needs --format jsonl; npy has numbers only"
      ),
      (
        ["encode", "--on-error", "null", "--output", "x.csv"],
        "--on-error null needs --format jsonl; csv has numbers only"
      ),
      (
        ["encode", "--quantize", "int4"],
        "The value 'int4' is invalid for '--quantize <KIND>'. Please provide one of 'int8', 'uint8', 'binary' or 'ubinary'."
      ),
      (
        ["encode", "--quantize", "binary", "--format", "f32"],
        "--format f32 does not hold the bytes of --quantize binary; use i8, npy, jsonl or csv"
      ),
      (
        ["encode", "--quantize", "uint8", "--output", "x.i8"],
        "--format i8 does not hold the bytes of --quantize uint8; use u8, npy, jsonl or csv"
      ),
      (["encode", "--format", "u8"], "--format u8 needs --quantize; rows of float32 are f32"),
      (
        ["encode", "--quantize", "binary", "--calibration", "x"],
        "--calibration needs --quantize int8 or uint8"
      ),
      (["encode", "--calibration", "x"], "--calibration needs --quantize int8 or uint8"),
      (["encode", "--quantize", "int8", "--calibration", "-"], "--calibration must name a file"),
      (["encode", "--resume"], "--resume needs --output FILE, to continue FILE.part"),
      (
        ["encode", "--resume", "--output", "-"],
        "--resume needs --output FILE, to continue FILE.part"
      ),
      (
        ["encode", "--resume", "--output", "x", "--quantize", "int8"],
        "--resume with --quantize int8 or uint8 needs --calibration: without it nothing is written before the end"
      ),
      (
        ["encode", "--precision", "f64"],
        "The value 'f64' is invalid for '--precision <PRECISION>'. Please provide one of 'f32', 'bf16x3', 'bf16', 'int8' or 'auto'."
      ),
      (
        ["encode", "--progress", "often"],
        "The value 'often' is invalid for '--progress <WHEN>'. Please provide one of 'auto', 'always' or 'never'."
      ),
      (["similarity"], "give at least two texts, or --pairs FILE"),
      (["similarity", "a"], "give at least two texts, or --pairs FILE"),
      (["similarity", "a", "b", "--pairs", "x.csv"], "give texts or --pairs, not both"),
      (
        ["similarity", "a", "b", "--metric", "hamming"],
        "The value 'hamming' is invalid for '--metric <METRIC>': known are cosine, dot, euclidean, manhattan"
      ),
      (["inspect", "a", "b"], "Unexpected argument 'b'"),
      (["bench", "--rounds", "0"], "--rounds must be from 1 to 1000000"),
      (["bench", "--rounds", "\(Int.max)"], "--rounds must be from 1 to 1000000"),
      (["bench", "--threads", "0"], "--threads takes whole numbers from 1, separated by commas"),
      (["bench", "--threads", "1,x"], "--threads takes whole numbers from 1, separated by commas"),
      (
        ["bench", "-m", "/nowhere", "--threads", ","],
        "--threads takes whole numbers from 1, separated by commas"
      ),
      (
        ["bench", "-m", "/nowhere", "--threads", ""],
        "--threads takes whole numbers from 1, separated by commas"
      ),
      (
        ["bench", "--precision", "f64"],
        "--precision f64 is not known; known are f32, bf16x3, bf16, int8, auto"
      ),
      (
        ["bench", "-m", "/nowhere", "--precision", ""],
        "--precision is empty; give one, such as f32"
      ),
      (["bench", "--batch-tokens", "0"], "--batch-tokens must be at least 1"),
    ] as [([String], String)])
  func wrongUsageIsSixtyFour(_ arguments: [String], _ message: String) throws {
    let result = try embedCommand(arguments)()
    #expect(result.ending == .exited(64), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
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
    expectFailure(
      try embed("encode", "-m", "/nowhere/at all"),
      message: "`/nowhere/at all`: no such model directory; there is no /nowhere/ either; check "
        + "the path")
  }

  @Test func controlBytesOfNamesAreSpelledOut() throws {
    let result = try embed("encode", "-m", "/nowhere/\u{1B}[31mred")
    expectFailure(
      result,
      message: "`/nowhere/\\x1b[31mred`: no such model directory; there is no /nowhere/ either; "
        + "check the path")
  }
}

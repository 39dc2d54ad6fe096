import TestSupport
import Testing

/// What options make of vectors and texts.
@Suite struct EncodeOptionsTests {
  static let long = String(repeating: "the cat ", count: 40)

  @Test(arguments: [1, 5, 32]) func dimensionsAreTheFirstNumbers(_ count: Int) throws {
    let whole = try encode(input: "the cat\n").text
    let sliced = try encode("--dimensions", "\(count)", input: "the cat\n")
    expectRows(sliced, 1)
    #expect(numbers(sliced.text) == Array(numbers(whole).prefix(count)))
  }

  @Test func normalizeComesAfterDimensions() throws {
    let result = try encode("--dimensions", "5", "--normalize", input: "the cat\na river\n")
    expectRows(result, 2)
    for line in result.lines {
      let length = numbers(line).reduce(0) { $0 + $1 * $1 }
      // Five squares, each rounded once.
      #expect(abs(length - 1) < 1e-6)
    }
  }

  @Test func moreDimensionsThanThereAreIsAFailure() throws {
    expectFailure(
      try encode("--dimensions", "33", input: "a\n"),
      message: "--dimensions is 33, should be at most 32, the model's")
  }

  @Test(arguments: [
    (["--prompt", "find: "], "find: the cat"), (["--prompt-name", "query"], "find: the cat"),
    (["--prompt-name", "document"], "the cat"), (["--no-prompt"], "the cat"),
    (["--prompt", ""], "the cat"), (["--prompt", "🐱 "], "🐱 the cat"),
  ])
  func promptsGoBeforeTheText(_ options: [String], _ text: String) throws {
    let result = try embedCommand(["encode", "-m", Models.tiny] + options)(Array("the cat".utf8))
    expectRows(result, 1)
    #expect(result.text.hasPrefix("{\"text\":\"the cat\","))
    #expect(try embedding(result.text) == embedding(encode(input: text).text))
  }

  @Test func theDefaultPromptAppliesUnlessToldOtherwise() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("default_prompt_name", in: "config_sentence_transformers.json", to: "\"query\"")
    let prompted = try model.encode("the cat\n")
    #expect(try embedding(prompted.text) == embedding(encode(input: "find: the cat\n").text))
    let plain = try embed("encode", "-m", model.path, "--no-prompt", input: "the cat\n")
    #expect(try embedding(plain.text) == embedding(encode(input: "the cat\n").text))
  }

  @Test func anUnknownPromptNameListsTheKnown() throws {
    let result = try encode("--prompt-name", "riddle", input: "a\n")
    expectFailure(result, message: "the model has no prompt `riddle`; known are query, document")
  }

  @Test(arguments: ["query", "document"])
  func rolesAreKnownToModelsWithoutPrompts(_ name: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove("config_sentence_transformers.json")
    let result = try embed(
      "encode", "-m", model.path, "--prompt-name", name, input: "the cat\n")
    expectRows(result, 1)
    #expect(try result.text == encode(input: "the cat\n").text)
  }

  @Test func aPromptLongerThanTheLimitIsNoCrash() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("include_prompt", in: "1_Pooling/config.json", to: "false")
    let result = try embed(
      "encode", "-m", model.path, "--prompt", Self.long, "--quiet", input: "the cat\n")
    expectRows(result, 1)
    #expect(numbers(result.text).allSatisfy { $0.isFinite })
  }

  @Test func aLongTextIsCutAndTold() throws {
    let result = try encode(input: "a\n\(Self.long)\n\(Self.long)\n")
    #expect(result.ending == .exited(0))
    #expect(result.lines.count == 3)
    #expect(result.stderr.hasPrefix("embed: 2 texts were longer than 32 tokens and cut"))
    let quiet = try encode("--quiet", input: "a\n\(Self.long)\n\(Self.long)\n")
    expectRows(quiet, 3)
    #expect(quiet.stdout == result.stdout)
  }

  @Test func aLongTextCanBeRefused() throws {
    let result = try encode("--long", "error", input: "a\nb\n\(Self.long)\nc\n")
    expectFailure(
      result,
      message: "stdin, line 3: the text has more than 32 tokens; shorten it, or let it be cut "
        + "(--long cut) or read in chunks (--long chunk)", rows: 2)
  }

  @Test func maximumLengthReadsFewerTokens() throws {
    let cut = try encode("--max-length", "3", "--quiet", "--no-text", input: "the cat\n")
    expectRows(cut, 1)
    #expect(try cut.text == encode("--no-text", input: "the\n").text)
    let more = try encode("--max-length", "1000", "--no-text", input: "the cat\n")
    #expect(try more.text == encode("--no-text", input: "the cat\n").text)
  }

  @Test(arguments: ["1", "2"]) func aMaximumWithoutRoomForTextIsAFailure(_ length: String) throws {
    expectFailure(
      try encode("--max-length", length, input: "a\n"),
      message: "a maximum length of \(length) leaves no room for text beside 2 special tokens")
  }

  @Test(arguments: [("bf16x3", 1e-4), ("bf16", 0.1), ("int8", 0.3)] as [(String, Float)])
  func aPrecisionIsComputedOrRefusedWithTheReason(_ name: String, _ tolerance: Float) throws {
    let text = "the cat sat on the mat\n"
    let result = try encode("--precision", name, input: text)
    guard result.ending == .exited(0) else {
      return expectFailure(
        result,
        message:
          "--precision \(name) is not available: this processor has no AVX2, or the system "
          + "withholds it; f32 always is")
    }
    let exact = numbers(try encode(input: text).lines[0])
    let apart = zip(numbers(result.lines[0]), exact).map { ($0 - $1).magnitude }.max() ?? .nan
    #expect(apart > 0 && apart <= tolerance)
    // Where it is slower than float32, a line says so once, unless nobody wants to know.
    let notices = result.stderr.split(separator: "\n").filter { $0.contains("slower") }
    #expect(notices.allSatisfy { name == "bf16x3" && $0.contains("--precision bf16x3") })
    #expect(notices.count <= 1)
    let quiet = try encode("--precision", name, "--quiet", input: text)
    #expect(quiet.stderr.isEmpty && quiet.text == result.text)
  }

  @Test func progressGoesToStandardErrorOnly() throws {
    let result = try encode("--progress", "always", input: "a\nb\n")
    #expect(result.ending == .exited(0))
    #expect(result.stderr.contains("2 texts"))
    #expect(try result.text == encode(input: "a\nb\n").text)
    expectRows(try encode("--progress", "always", "--quiet", input: "a\nb\n"), 2)
  }

  @Test(arguments: [
    ["encode"], ["inspect"], ["similarity", "a", "b"], ["tokenize"],
    ["bench", "--rounds", "1", "--quiet"],
  ])
  func aHugeTokenBudgetIsNoCrash(_ command: [String]) throws {
    for budget in ["9223372036854775807", "4611686018427387904", "100000000000000000"] {
      let running = try embedCommand(command + ["-m", Models.tiny, "--batch-tokens", budget])
      let result = try running(Array("the cat\n".utf8))
      #expect([0, 1, 64].map { .exited($0) }.contains(result.ending), "\(result.ending)")
    }
  }
}

import ModelFiles
import TestSupport
import Testing

/// `--long chunk`: all of a text is read.
@Suite struct EncodeChunkTests {
  private static let long = (0..<90).map { "\($0 % 7) the cat" }.joined(separator: " ")

  private func chunked(_ arguments: String..., input: String) throws -> CommandResult {
    try embedCommand(["encode", "-m", Models.tiny, "--long", "chunk"] + arguments)(
      Array(input.utf8))
  }

  /// What sentence-transformers 6.2.0 makes of each chunk alone, and the mean of that.
  @Test func vectorsAreTheMeansOfTheChunks() throws {
    let recorded = try Fixture.lines(Fixture.path("chunked.jsonl"))
    #expect(recorded.contains { (try? $0.int("chunks")) ?? 0 > 10 })
    let groups = try Dictionary(grouping: recorded) {
      try [$0.string("model"), $0.string("prompt")]
    }
    for (key, rows) in groups {
      let input = try rows.map { try $0.string("text") + "\n" }.joined()
      let result = try embed(
        "encode", "-m", "\(Models.root)/\(key[0])", "--long", "chunk", "--prompt", key[1],
        input: input)
      expectRows(result, rows.count)
      for (line, row) in zip(result.lines, rows) {
        let expected = try row.floats("embedding")
        let (found, scale) = (numbers(line), expected.map(\.magnitude).max() ?? 1)
        #expect(found.count == expected.count)
        // Sums in another order than torch's.
        #expect(zip(found, expected).allSatisfy { ($0 - $1).magnitude <= 2e-6 * max(1, scale) })
      }
    }
  }

  @Test func textsBelowTheLimitStayAsTheyAre() throws {
    let input = "the cat\n\na mat by the river\n"
    #expect(try chunked(input: input).stdout == (try encode(input: input).stdout))
    #expect(
      try chunked("--prompt-name", "query", input: input).stdout
        == (try encode("--prompt-name", "query", input: input).stdout))
  }

  @Test func aLongTextHasTheSameBitsInAnyCompany() throws {
    let texts = variedTexts(30) + [Self.long, "a"] + variedTexts(9) + [Self.long]
    let result = try chunked(input: texts.joined(separator: "\n"))
    expectRows(result, texts.count)
    let alone = try texts.map { try #require(chunked(input: $0 + "\n").lines.first) }
    #expect(result.lines == alone)
    for more in [["--threads", "1"], ["--batch-tokens", "7"], ["--batch-tokens", "100000"]] {
      let other = try embedCommand(["encode", "-m", Models.tiny, "--long", "chunk"] + more)(
        Array(texts.joined(separator: "\n").utf8))
      #expect(other.lines == alone)
    }
  }

  @Test func allTokensAreCountedAndNothingIsCut() throws {
    let result = try chunked("--tokens", "--no-text", input: "the cat\n\(Self.long)\n")
    expectRows(result, 2)
    #expect(result.lines[0].hasPrefix("{\"tokens\":4,\"truncated\":false,"))
    #expect(result.lines[1].hasPrefix("{\"tokens\":272,\"truncated\":false,"))
    let whole = numbers(result.lines[1])
    #expect(try whole != numbers(encode(input: Self.long + "\n").lines[0]))
    let length = whole.reduce(0) { $0 + $1 * $1 }
    #expect((length - 1).magnitude < 1e-5)
  }

  @Test func aPromptWithoutRoomBesideItIsRefused() throws {
    let prompt = String(repeating: "the cat ", count: 15)
    let result = try chunked("--prompt", prompt, input: "\n\(Self.long)\n")
    expectFailure(
      result,
      message: "stdin, line 2: the prompt's 30 tokens leave no room for text below the limit; "
        + "take a shorter prompt, or cut the text (--long cut)", rows: 1)
  }

  @Test(arguments: [
    "word-embeddings-limited", "model2vec-short", "bow", "static-embedding", "router",
  ])
  func otherReadersHaveChunksToo(_ name: String) throws {
    let model = Fixture.path("pipelines/\(name)")
    let text = variedTexts(12).joined(separator: " ")
    let input = "\n\(text)\n"
    let result = try embed("encode", "-m", model, "--long", "chunk", "--tokens", input: input)
    expectRows(result, 2)
    #expect(!result.text.contains("\"truncated\":true"))
    let cut = try embed("encode", "-m", model, "--tokens", "--quiet", input: input)
    #expect(result.lines[0] == cut.lines[0])
    #expect((result.lines[1] == cut.lines[1]) == !cut.text.contains("\"truncated\":true"))
  }
}

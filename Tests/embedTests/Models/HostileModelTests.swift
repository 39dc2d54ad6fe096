import Foundation
import Glibc
import TestSupport
import Testing

/// Models that ask for more than there is.
@Suite struct HostileModelTests {
  /// A table of word vectors that takes some kilobytes of the disk and claims `bytes`.
  private func sparseTable(_ type: String, _ shape: String, bytes: Int) throws -> ScratchFolder {
    let model = try ScratchFolder(copyOf: Fixture.path("pipelines/static-embedding"))
    var header = Array(
      "{\"embedding.weight\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[0,\(bytes)]}}"
        .utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let file = try model.write("model.safetensors", length + header)
    try #require(truncate(file, 8 + header.count + bytes) == 0)
    return model
  }

  @Test(arguments: [
    ("F16", "[1048576,32768]", 1 << 36), ("BF16", "[1048576,32768]", 1 << 36),
    ("I8", "[1048576,32768]", 1 << 35), ("F64", "[1048576,8192]", 1 << 36),
  ])
  func aTableThatIsRaisedIsHeldAgainstTheBound(_ type: String, _ shape: String, bytes: Int) throws {
    let model = try sparseTable(type, shape, bytes: bytes)
    let result = try embed("encode", "-m", model.path, "--memory", "2G", input: "a cat\n")
    #expect(result.ending == .exited(1))
    #expect(result.stdout.isEmpty)
    let needed = type == "F64" ? "34.4 GB" : "137 GB"
    #expect(
      result.stderr.contains(
        "model.safetensors: tensor `embedding.weight` needs \(needed) of memory; ")
        && result.stderr.hasSuffix(" are taken of the 2.1 GB that may be (--memory)\n"),
      "\(result.stderr)")
  }

  /// A T5 of 4 heads, which has neither positions nor a limit, with words for its ids.
  private func unlimited() throws -> ScratchFolder {
    let model = try ScratchFolder(copyOf: Fixture.path("encoders/t5"))
    let words = ["<pad>", "</s>", "<unk>", "the", "cat"].enumerated()
    let vocabulary = words.map { "\"\($1)\":\($0)" }.joined(separator: ",")
    try model.write(
      "tokenizer.json",
      """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
      "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
      "model":{"type":"WordLevel","vocab":{\(vocabulary)},"unk_token":"<unk>"}}
      """)
    try model.write("tokenizer_config.json", #"{"tokenizer_class":"PreTrainedTokenizerFast"}"#)
    return model
  }

  @Test func aTextWhoseAttentionWouldNeverEndIsRefusedByName() throws {
    let model = try unlimited()
    let long = String(repeating: "the cat ", count: 50_000)
    let file = try model.write("texts.txt", "the cat\n\(long)\nthe\n")
    expectFailure(
      try embed("encode", "-m", model.path, file),
      message:
        "\(file), line 2: the text has 100000 tokens, and attention with 4 heads is computed "
        + "for 92681 at most; cut it (--max-length 92681), or read it in chunks (encode --long chunk)",
      rows: 1)
    expectRows(try embed("encode", "-m", model.path, "--max-length", "9", "--quiet", file), 3)
    let others = try embed("encode", "-m", model.path, "--on-error", "null", file)
    #expect(others.ending == .exited(0))
    #expect(others.lines.map { $0.contains("\"embedding\":null") } == [false, true, false])
    // A length that is far above all others, and not refused.
    let allowed = try model.write("allowed.txt", String(repeating: "the cat ", count: 1_000))
    expectRows(try embed("encode", "-m", model.path, allowed), 1)
  }
}

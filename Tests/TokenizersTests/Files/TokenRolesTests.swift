import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// Tokens by the part they play, and entries of a vocabulary that are to be found in texts.
@Suite struct TokenRolesTests {
  private func tokenizer(_ folder: String) throws -> Tokenizer {
    try TokenizerFiles.tokenizer(folder: folder)
  }

  @Test(
    arguments: [
      ("kinds/mv_bert", "mask_token", "[MASK]"), ("kinds/mv_bert", "unk_token", "[UNK]"),
      ("kinds/mv_pylate", "mask_token", "[MASK]"), ("kinds/mv_pylate", "eos_token", nil),
      ("kinds/mv_pooled", "eos_token", "</s>"), ("kinds/bge_m3", "cls_token", "<s>"),
    ] as [(String, String, String?)])
  func filesSayWhatPartsTokensPlay(folder: String, role: String, token: String?) throws {
    let tokenizer = try tokenizer(Fixture.path(folder))
    #expect(tokenizer.token(ofRole: role) == token)
    #expect(tokenizer.id(ofRole: role) == token.flatMap(tokenizer.id(of:)))
  }

  @Test func vocabTxtHasThePartsOfBERT() throws {
    let folder = try ScratchFolder()
    try folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n")
    let tokenizer = try tokenizer(folder.path)
    #expect(tokenizer.id(ofRole: "mask_token") == 4)
    #expect(tokenizer.id(ofRole: "bos_token") == nil)
    #expect(tokenizer.idOrUnknown(of: "a") == 5)
    #expect(tokenizer.idOrUnknown(of: "b") == 1)
  }

  @Test func entriesOfAVocabularyAreFoundWhole() throws {
    let plain = try tokenizer(Fixture.path("kinds/mv_stanford"))
    let mark = try #require(plain.id(of: "[unused0]"))
    func ids(_ tokenizer: Tokenizer, _ text: String) throws -> [Int32] {
      try Array(text.utf8).withUnsafeBytes { try tokenizer.tokens(of: $0) }
    }
    #expect(try ids(plain, "[unused0]").count > 1)
    let finding = try plain.finding(["[unused0]", "no such entry"])
    #expect(try ids(finding, "[unused0] a") == [mark] + ids(plain, "a"))
    #expect(finding.isSpecial(mark))
    // It is looked for before text is made lower case.
    #expect(try ids(finding, "[UNUSED0]") == ids(plain, "[UNUSED0]"))
    #expect(try ids(finding, "[MASK] b") == ids(plain, "[MASK] b"))
  }

  @Test func aNormalizedTokenIsFoundAsItIsWritten() throws {
    let plain = try tokenizer(Fixture.path("kinds/mv_pylate"))
    let mark = try #require(plain.id(of: "[Q] "))
    let finding = try plain.finding(["[Q] "])
    #expect(try Array("[Q] a".utf8).withUnsafeBytes { try finding.tokens(of: $0) }.first == mark)
    #expect(finding.isSpecial(mark))
  }
}

import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// tokenizer.json as a table of vectors has it.
@Suite struct PlainFileTests {
  private func plain(_ folder: String, lowercasing: Bool = false) throws -> JSON {
    try TokenizerFiles.plain(folder: folder, model: nil, lowercasingFirst: lowercasing)
  }

  @Test(arguments: ["bert-vocab", "bert-vocab-added", "albert-spm", "t5-spm", "llama-spm"])
  func itGivesTheTokensOfTheTextAlone(name: String) throws {
    let folder = RecordedFolder(name: name)
    let json = try plain(folder.path)
    for key in ["truncation", "padding", "post_processor"] { #expect(json[key]?.isNull == true) }
    let (before, after) = (
      try TokenizerFiles.tokenizer(folder: folder.path), try Tokenizer(json)
    )
    #expect(before.specialCount > 0 && after.specialCount == 0)
    for one in try folder.cases() {
      let text = try one.string("text")
      #expect(
        try after.encode(text).ids == before.encode(text, withSpecials: false).ids, "\(text)")
    }
  }

  @Test(
    arguments: [
      (nil, true, #"{"type":"Lowercase"}"#),
      (
        #"{"type":"NFC"}"#, true,
        #"{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"NFC"}]}"#
      ),
      (#"{"type":"Lowercase"}"#, true, #"{"type":"Lowercase"}"#),
      (#"{"type":"NFC"}"#, false, #"{"type":"NFC"}"#),
    ] as [(String?, Bool, String)])
  func whatTheModelsSettingsAskForIsInIt(own: String?, lowercasing: Bool, expected: String) throws {
    let normalizer = own.map { #""normalizer":\#($0),"# } ?? ""
    let model = #""model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}"#
    let folder = try ScratchFolder([
      "tokenizer.json": #"{\#(normalizer)"truncation":{"max_length":2},\#(model)}"#
    ])
    let json = try plain(folder.path, lowercasing: lowercasing)
    #expect(
      try json.object("normalizer").withSource { String(decoding: $0, as: UTF8.self) } == expected)
    #expect(json["truncation"]?.isNull == true)
  }

  @Test func whatNoFileCanDescribeIsRefused() throws {
    let path = RecordedFolder(name: "flaubert").path
    let error = #expect(throws: FileError.self) { try plain(path) }
    #expect(
      error?.description
        == "\(path): the tokenizer is FlauBERT's, XLM's, PhoBERT's or that of Japanese BERTs, which "
        + "tokenizer.json cannot describe"
    )
  }
}

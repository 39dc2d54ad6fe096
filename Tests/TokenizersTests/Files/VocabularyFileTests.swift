import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// vocab.txt, and vocab.json with merges.txt, of models without tokenizer.json.
@Suite struct VocabularyFileTests {
  @Test(arguments: [
    "bert-vocab", "bert-vocab-cased", "bert-vocab-stripped", "bert-vocab-accents",
    "bert-vocab-added", "bert-vocab-decoder", "bert-vocab-odd", "mpnet-vocab",
  ])
  func everyRecordedTextHasBERTsIDs(name: String) throws { try RecordedFolder(name: name).check() }

  @Test(arguments: ["roberta", "roberta-prefix-space", "roberta-mask"])
  func everyRecordedTextHasRoBERTasIDs(name: String) throws {
    try RecordedFolder(name: name).check(modelType: "roberta")
  }

  @Test(arguments: [
    ["vocab.txt": ""], ["vocab.txt": "a\n", "tokenizer_config.json": #"{"cls_token":null}"#],
    ["vocab.txt": "a\n", "tokenizer_config.json": #"{"do_lower_case":"no"}"#],
    ["vocab.txt": "a\n", "tokenizer_config.json": "{"],
    ["vocab.json": "{}", "merges.txt": "a b\n"], ["vocab.json": #"{"a":0}"#, "merges.txt": "a\n"],
    ["vocab.json": #"{"a":0}"#, "merges.txt": "a b c\n"],
    ["vocab.json": #"{"a":0}"#, "merges.txt": "a b\n"], ["vocab.json": "[]", "merges.txt": ""],
  ])
  func brokenFilesAreRefused(files: [String: String]) throws {
    let folder = try ScratchFolder(files)
    #expect(throws: FileError.self) { try TokenizerFiles.tokenizer(folder: folder.path) }
  }

  @Test func textThatIsNoUTF8IsRefused() throws {
    let folder = try ScratchFolder()
    try folder.write("vocab.txt", [0x61, 0x0A, 0xC3, 0x0A])
    #expect(throws: FileError.self) { try TokenizerFiles.tokenizer(folder: folder.path) }
  }

  @Test func withoutAnyFileAllThatWasLookedForIsNamed() throws {
    let folder = try ScratchFolder(["vocab.json": "{}"])
    let error = #expect(throws: FileError.self) {
      try TokenizerFiles.tokenizer(folder: folder.path)
    }
    let models = TokenizerFiles.sentencePieceNames.joined(separator: ", ")
    #expect(
      error?.description
        == "\(folder.path) holds no tokenizer: looked for tokenizer.json, \(models), vocab.txt, and "
        + "vocab.json with merges.txt")
  }

  @Test func tokenizerJSONComesFirst() throws {
    let folder = try ScratchFolder([
      "tokenizer.json": MadeTokenizer().text, "vocab.txt": "x\n", "vocab.json": "{}",
    ])
    #expect(try TokenizerFiles.tokenizer(folder: folder.path).encode("a b").ids == [1, 3])
  }
}

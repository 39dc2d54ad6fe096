import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite(.timeLimit(.minutes(5))) struct FastBPETokenizerTests {
  @Test(arguments: [
    "flaubert", "flaubert-cased", "flaubert-added", "flaubert-decoder", "flaubert-ids",
    "flaubert-odd-merges",
  ])
  func everyRecordedTextHasTheReferencesIDs(name: String) throws {
    try RecordedFolder(name: name).check(modelType: "flaubert")
  }

  @Test(arguments: ["xlm", "xlm-added", "xlm-cased"])
  func everyTextOfXLMsHasTheReferencesIDs(name: String) throws {
    try RecordedFolder(name: name).check(modelType: "xlm")
  }

  @Test(arguments: ["phobert", "phobert-added", "phobert-odd-files"])
  func everyTextOfPhoBERTsHasTheReferencesIDs(name: String) throws {
    try RecordedFolder(name: name).check(modelType: "roberta")
  }

  @Test func aLineOfPhoBERTsVocabularyWithoutACountIsRefused() throws {
    let folder = try ScratchFolder(copyOf: RecordedFolder(name: "phobert").path)
    try folder.write("vocab.txt", "a 7\nb\n")
    let error = #expect(throws: FileError.self) {
      try TokenizerFiles.tokenizer(folder: folder.path, modelType: "roberta")
    }
    #expect(error?.description.contains("vocab.txt: line 2 should be a piece, a space") == true)
  }

  @Test func lowerCaseFirstReachesSpecialTokens() throws {
    let folder = RecordedFolder(name: "flaubert-cased").path
    let tokenizer = try TokenizerFiles.tokenizer(
      folder: folder, modelType: "flaubert", lowercasingFirst: true)
    #expect(try tokenizer.encode(" <PAD>A ").ids == tokenizer.encode("<pad>a").ids)
  }

  @Test func aLimitCutsTheEnd() throws {
    let tokenizer = try TokenizerFiles.tokenizer(
      folder: RecordedFolder(name: "flaubert").path, modelType: "flaubert")
    let cut = try tokenizer.encode("a b a b a b", limit: 5)
    let whole = try tokenizer.encode("a b a")
    #expect(cut.ids == whole.ids)
    #expect(cut.truncated)
  }

  private static let units = [
    ".", "'", " ", ",", "\"", "a", "a'", "a.", "\u{301}\u{327}", "«\u{A0}", "Σ", "Σ\u{301}",
    "DOTMULTI.", ".\"", "\".", "1,", "1\u{A0}", "1's", "``", "(", ") .", "。 ", "<s>", "<",
    "\u{1F600}",
    "\n", "No. ", "İ",
  ]

  @Test(arguments: ["flaubert", "xlm", "phobert"], units)
  func timeIsLinear(name: String, unit: String) throws {
    let tokenizer = try TokenizerFiles.tokenizer(
      folder: RecordedFolder(name: name).path, modelType: name)
    let text = String(repeating: unit, count: 30_000 / unit.utf8.count)
    #expect(try tokenizer.encode("x" + text + "x").ids.count >= 3)
  }

  @Test(arguments: ["flaubert", "xlm", "phobert"])
  func everyByteSequenceIsSurvived(name: String) throws {
    let tokenizer = try TokenizerFiles.tokenizer(
      folder: RecordedFolder(name: name).path, modelType: name)
    for bytes in Samples.hostileTexts(frequent: Array(".".utf8)) {
      _ = try bytes.withUnsafeBytes { try tokenizer.encode($0, limit: nil) }
    }
  }

  @Test(arguments: [
    ["vocab.json": "[]"], ["vocab.json": #"{"a":-1}"#], ["vocab.json": ""],
    ["merges.txt": "\u{0}"], ["tokenizer_config.json": "[]"],
    ["tokenizer_config.json": #"{"do_lowercase":"yes"}"#],
    ["tokenizer_config.json": #"{"bos_token":null}"#],
    ["tokenizer_config.json": #"{"bos_token":7}"#],
    ["tokenizer_config.json": #"{"bos_token":{"content":"<s>","single_word":true}}"#],
    ["tokenizer_config.json": #"{"added_tokens_decoder":{"x":"<s>"}}"#],
    ["special_tokens_map.json": "7"], ["added_tokens.json": #"{"a":-3}"#],
  ])
  func brokenFilesAreRefused(files: [String: String]) throws {
    var all = ["vocab.json": #"{"<unk>":0}"#, "merges.txt": "a b\n"]
    all.merge(files) { $1 }
    let folder = try ScratchFolder(all)
    // A NUL is text; bytes that are not UTF-8 are not.
    if files["merges.txt"] != nil { try folder.write("merges.txt", [0xFF, 0x0A]) }
    #expect(throws: FileError.self) {
      try TokenizerFiles.tokenizer(folder: folder.path, modelType: "flaubert")
    }
  }
}

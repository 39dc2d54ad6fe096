import Foundation
import Glibc
import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// The tokenizer of Japanese BERTs, with a dictionary of a few words, against fugashi's (see
/// `tokenizer_files_japanese.py`).
// One after the other: the folder of the dictionary is the whole process's.
@Suite(.serialized) struct JapaneseTokenizerTests {
  private static let dictionary = Fixture.path("mecab")
  private static let isThere = (try? MeCab(dictionary)) != nil

  /// What there is in a process that names the folder of a dictionary.
  private func naming<Result>(
    _ dictionary: String?, _ body: () throws -> Result
  ) rethrows -> Result {
    if let dictionary {
      setenv(MeCabDictionaries.variable, dictionary, 1)
    } else {
      unsetenv(MeCabDictionaries.variable)
    }
    defer { unsetenv(MeCabDictionaries.variable) }
    return try body()
  }

  @Test(
    .enabled(if: isThere, "libmecab2 is not installed"),
    arguments: ["japanese", "japanese-lower", "japanese-characters", "japanese-plain"])
  func everyTextHasTheReferencesIDs(_ name: String) throws {
    try naming(Self.dictionary) { try RecordedFolder(name: name).check(modelType: "bert") }
  }

  private func refusal(_ config: String, dictionary: String?) throws -> String {
    let folder = try ScratchFolder(copyOf: RecordedFolder(name: "japanese").path)
    try folder.write("tokenizer_config.json", config)
    let error = #expect(throws: FileError.self) {
      try naming(dictionary) {
        try TokenizerFiles.tokenizer(folder: folder.path, modelType: "bert")
      }
    }
    return error?.description ?? ""
  }

  private static func config(_ more: String) -> String {
    #"{"tokenizer_class":"BertJapaneseTokenizer","word_tokenizer_type":"mecab",\#(more)}"#
  }

  @Test(arguments: [
    (
      config(#""mecab_kwargs":{"mecab_dic":null}"#), nil, "set EMBED_MECAB_DICTIONARY to its folder"
    ),
    (
      config(#""mecab_kwargs":{"mecab_dic":"other"}"#), nil, "known are ipadic, unidic, unidic_lite"
    ),
    (
      config(#""mecab_kwargs":{"mecab_dic":"ipadic","mecab_option":"-o /tmp/x"}"#), nil,
      "`mecab_kwargs.mecab_option` is \"-o /tmp/x\", which is not handed on"
    ),
    (
      config(#""do_lower_case":false"#).replacing("mecab", with: "sudachi"), nil,
      "`word_tokenizer_type` is `sudachi`; only `mecab`"
    ),
    (
      config(#""subword_tokenizer_type":"sentencepiece","mecab_kwargs":{"mecab_dic":null}"#),
      dictionary, "`subword_tokenizer_type` is `sentencepiece`"
    ),
    (
      config(#""mecab_kwargs":{"mecab_dic":null}"#), "/nowhere",
      "/nowhere: not opened as a dictionary of MeCab: "
    ),
  ])
  func whatIsNotFollowedIsRefused(_ config: String, _ dictionary: String?, _ words: String) throws {
    let found = try refusal(config, dictionary: dictionary)
    #expect(found.contains(words) || found.contains("libmecab.so.2 is not there"), "\(found)")
  }

  @Test func whereADictionaryIsNotThereThePackageIsNamed() throws {
    let folder = try ScratchFolder(copyOf: RecordedFolder(name: "japanese").path)
    try folder.write(
      "tokenizer_config.json", Self.config(#""mecab_kwargs":{"mecab_dic":"unidic_lite"}"#))
    do {
      _ = try naming(nil) { try TokenizerFiles.tokenizer(folder: folder.path, modelType: "bert") }
    } catch let error as FileError {
      #expect(
        error.description.contains("`pip install unidic-lite`")
          || error.description.contains("libmecab.so.2 is not there"), "\(error)")
    }
  }

  @Test(.enabled(if: isThere, "libmecab2 is not installed")) func everyByteSequenceIsSurvived()
    throws
  {
    let tokenizer = try naming(Self.dictionary) {
      try TokenizerFiles.tokenizer(
        folder: RecordedFolder(name: "japanese-lower").path, modelType: "bert")
    }
    for bytes in Samples.hostileTexts(frequent: Array("猫".utf8)) {
      _ = try bytes.withUnsafeBytes { try tokenizer.encode($0, limit: nil) }
    }
    let long = Array(String(repeating: "猫 ", count: 300_000).utf8)
    #expect(throws: FileError.self) {
      try long.withUnsafeBytes { try tokenizer.encode($0, limit: nil) }
    }
  }
}

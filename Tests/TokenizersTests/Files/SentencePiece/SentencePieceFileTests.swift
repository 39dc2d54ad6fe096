import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// SentencePiece models of folders without tokenizer.json.
@Suite struct SentencePieceFileTests {
  @Test(arguments: [
    ("xlm-roberta-spm", "xlm-roberta"), ("xlm-roberta-spm-added", "xlm-roberta"),
    ("xlm-roberta-spm-plain", "xlm-roberta"), ("camembert-spm", "camembert"),
    ("albert-spm", "albert"), ("albert-spm-cased", "albert"), ("xlnet-spm", "xlnet"),
    ("t5-spm", "t5"), ("xlm-roberta-spm-bpe", "xlm-roberta"), ("llama-spm", "llama"),
    ("llama-spm-legacy", "llama"), ("llama-spm-scores", "llama"), ("no-class-spm", "mistral"),
    ("no-class-spm-rules", "llama"), ("gemma-spm", "gemma3_text"), ("deberta-spm", "deberta-v2"),
    ("deberta-spm-lower", "deberta-v2"), ("deberta-spm-bpe", "deberta-v2"),
  ])
  func everyRecordedTextHasTheReferencesIDs(name: String, modelType: String) throws {
    try RecordedFolder(name: name).check(modelType: modelType)
  }

  @Test(arguments: [
    ("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("abcd", "YWJjZA=="),
  ])
  func base64(text: String, expected: String) {
    #expect(base64Encoded(Array(text.utf8)) == expected)
  }

  /// A field of bytes, shorter than 128.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count)] + bytes
  }

  private var piece: [UInt8] {
    field(1, field(1, Array("a".utf8)) + [0x15, 0, 0, 0x80, 0xBF, 0x18, 4])
  }

  @Test func theFieldsOfAModel() throws {
    let trainer: [UInt8] = field(2, [0x18, 2, 0x98, 2, 1, 0xC0, 2, 7])
    let normalizer = field(3, field(2, [1, 2, 3]) + [0x18, 0, 0x20, 0])
    // A field of each other kind, which are passed over.
    let others: [UInt8] = [0x7D, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8]
    let model = try SentencePieceModel(piece + trainer + others + normalizer, name: "model")
    #expect(model.pieces.map(\.text) == [[0x61]])
    #expect(model.pieces.map(\.score) == [-1])
    #expect(model.pieces.map(\.kind) == [.userDefined])
    #expect(model.algorithm == .bpe)
    #expect(model.fallsBackToBytes)
    #expect(model.unknownID == 7)
    #expect(model.charsmap == [1, 2, 3])
    #expect(!model.addsDummyPrefix)
    #expect(!model.removesExtraSpace)
  }

  @Test(arguments: [
    [], [0x0A], [0x0A, 5, 1], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
    [0x00], [0x0B], [0x0C], [0x0E],
    [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    [0x0A, 3, 0x0A, 1, 0xFF], [0x0A, 5, 0x15, 0, 0, 0x80, 0x7F], [0x0A, 5, 0x15, 0, 0, 0xC0, 0x7F],
    [0x12, 2, 0x18, 1],
  ])
  func brokenModelsAreRefused(bytes: [UInt8]) {
    #expect(throws: FileError.self) { try SentencePieceModel(bytes, name: "model") }
  }

  @Test func everyShorterModelIsReadOrRefused() throws {
    let recorded = RecordedFolder(name: "t5-spm").path
    let bytes = try readFile("\(recorded)/spiece.model", limit: 1 << 20)
    var refused = 0
    for count in 0..<bytes.count {
      do { _ = try SentencePieceModel(Array(bytes[..<count]), name: "model") } catch {
        refused += 1
      }
    }
    #expect(refused > bytes.count / 2)
  }

  @Test func everyFlippedByteIsSurvived() throws {
    let recorded = RecordedFolder(name: "xlm-roberta-spm").path
    let bytes = try readFile("\(recorded)/sentencepiece.bpe.model", limit: 1 << 20)
    let folder = try ScratchFolder()
    for position in stride(from: 0, to: bytes.count, by: 23) {
      var changed = bytes
      changed[position] ^= 0x41
      try folder.write("spiece.model", changed)
      if let tokenizer = try? TokenizerFiles.tokenizer(
        folder: folder.path, modelType: "xlm-roberta")
      {
        _ = try? tokenizer.encode("a b\u{A0}é")
      }
    }
  }

  @Test func longPiecesAreRefused() {
    let merges = SentencePieceMerges([[UInt8](repeating: 0x61, count: 30_000)], name: "model")
    let error = #expect(throws: FileError.self) { try merges.json() }
    #expect(
      error?.description
        == "model has pieces that are too long to find merges for; save the tokenizer as "
        + "tokenizer.json")
  }

  @Test func anotherFamilyIsRefused() throws {
    let recorded = RecordedFolder(name: "t5-spm").path
    let error = #expect(throws: FileError.self) {
      try SentencePieceFile.json(
        folder: recorded, name: "spiece.model", config: JSON.of("{}"), family: "bigbird",
        model: JSON.of(#"{"model_type":"big_bird"}"#), files: ConfigurationFiles())
    }
    let known = SentencePieceFamily.allCases.map(\.rawValue).joined(separator: ", ")
    #expect(
      error?.description
        == "\(recorded)/spiece.model: the ids of the tokenizer family `bigbird` are not known; known "
        + "are \(known). Save the tokenizer as tokenizer.json")
  }

  @Test func anotherAlgorithmIsRefused() throws {
    let folder = try ScratchFolder()
    try folder.write("spiece.model", piece + field(2, [0x18, 2]))
    #expect(throws: FileError.self) {
      try TokenizerFiles.tokenizer(folder: folder.path, modelType: "albert")
    }
  }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// A folder of Tests/Fixtures/tokenizer-files: a tokenizer's files, most without tokenizer.json, and
/// what the reference makes of texts.
struct RecordedFolder: CustomTestStringConvertible, Sendable {
  static let root = Fixture.path("tokenizer-files")

  let name: String

  var path: String { "\(Self.root)/\(name)" }

  var testDescription: String { name }

  /// Each line of cases.jsonl.
  func cases() throws -> [JSON] {
    try readFile("\(path)/cases.jsonl", limit: 1 << 20).split(separator: 10).map {
      try JSON(Array($0), name: name)
    }
  }

  /// Checks that every recorded text has its recorded ids, with and without special tokens.
  func check(modelType: String? = nil) throws {
    let tokenizer = try TokenizerFiles.tokenizer(folder: path, modelType: modelType)
    let cases = try cases()
    #expect(!cases.isEmpty)
    for one in cases {
      let text = try one.string("text")
      let encoding = try tokenizer.encode(text)
      #expect(try encoding.ids == one.array("ids").numbers(), "\(text)")
      if let plain = try one.present("plain") {
        #expect(try tokenizer.encode(text, withSpecials: false).ids == plain.numbers(), "\(text)")
      }
      if let segments = try one.present("segments") {
        #expect(try encoding.segments == segments.numbers(), "\(text)")
      }
    }
  }

  /// Checks that a tokenizer of words gives every recorded text its recorded ids.
  func checkWords() throws {
    let tokenizer = try TokenizerFiles.wordTokenizer(folder: path)
    let cases = try cases()
    #expect(!cases.isEmpty)
    for one in cases {
      let text = try one.string("text")
      let ids = try one.value("text").withUTF8 {
        try tokenizer.encode($0, limit: nil, withSpecials: true).ids
      }
      #expect(try ids == one.array("ids").numbers(), "\(text)")
    }
  }
}

extension TokenizerFiles {
  /// The tokenizer of a folder whose config.json names a type, if it has one.
  static func tokenizer(folder: String, modelType: String?, lowercasingFirst: Bool = false) throws
    -> Tokenizer
  {
    try tokenizer(
      folder: folder, model: modelType.map { try JSON.of(#"{"model_type":"\#($0)"}"#) },
      lowercasingFirst: lowercasingFirst)
  }
}

extension JSON {
  func numbers() throws -> [Int32] { try elements.map { try $0.tokenID() } }
}

extension ScratchFolder {
  /// Makes a folder of some files.
  convenience init(_ files: [String: String]) throws {
    try self.init()
    for (name, text) in files { try write(name, text) }
  }
}

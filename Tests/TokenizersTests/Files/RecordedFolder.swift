import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// A folder of Tests/Fixtures/tokenizer-files: a tokenizer's files, none of them tokenizer.json, and
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
}

extension JSON {
  func numbers() throws -> [Int32] { try elements.map { try $0.tokenID() } }
}

/// A folder with files that a test writes, removed when the test is done with it.
final class MadeFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = NSTemporaryDirectory() + "tokenizer-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, Array(text.utf8)) }
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// A folder of Tests/Fixtures/tokenizers: a tokenizer and what the reference makes of texts.
struct RecordedTokenizer: CustomTestStringConvertible, Sendable {
  struct Case: Sendable {
    let text: [UInt8]
    let ids: [Int32]
    let segments: [Int32]
    let plain: [Int32]?
    let normalized: [UInt8]?
    let limit: Int?
    let direction: TruncationDirection
  }

  static let folder = URL(filePath: Fixture.path("tokenizers"))

  static let all = Fixture.folders("tokenizers").map(RecordedTokenizer.init)

  let name: String

  var testDescription: String { name }

  func json() throws -> JSON {
    try JSON(file: Self.folder.appending(path: "\(name)/tokenizer.json").path)
  }

  func cases() throws -> [Case] {
    let lines = try Data(contentsOf: Self.folder.appending(path: "\(name)/cases.jsonl"))
    return try lines.split(separator: 10).map { line in
      let json = try JSON([UInt8](line), name: name)
      return Case(
        text: try json.value("text").bytes(), ids: try json.array("ids").ids(),
        segments: try json.array("segments").ids(), plain: try json.present("plain")?.ids(),
        normalized: try json.present("normalized")?.bytes(),
        limit: try json.present("limit")?.int(),
        direction: try json.string("side", default: "right") == "left" ? .left : .right)
    }
  }
}

extension JSON {
  fileprivate func ids() throws -> [Int32] { try elements.map { try $0.tokenID() } }

  /// JSON that a test writes out.
  static func of(_ text: String) throws -> JSON {
    try JSON([UInt8](text.utf8), name: "tokenizer.json")
  }
}

extension Tokenizer {
  func encode(_ text: String, limit: Int? = nil, withSpecials: Bool = true) throws -> Encoding {
    try Array(text.utf8).withUnsafeBytes {
      try encode($0, limit: limit, withSpecials: withSpecials)
    }
  }
}

extension Normalizer {
  /// The text that it makes of another.
  func callAsFunction(_ text: [UInt8]) throws -> [UInt8] {
    var buffer = TextBuffer()
    text.withUnsafeBytes { buffer.set($0, startsText: true) }
    try self(&buffer)
    return buffer.bytes
  }
}

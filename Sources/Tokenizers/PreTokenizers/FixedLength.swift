package import ModelFiles

/// Splits text after every `length` characters.
package struct FixedLength: PreTokenizer {
  private let length: Int

  package init(_ json: JSON) throws {
    length = try json["length"].map { try $0.int() } ?? 5
    guard length > 0 else {
      throw FileError("\(json.name): `\(json.path).length` is \(length), should be 1 or more")
    }
  }

  package var description: String { "FixedLength: every \(length) characters" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { bytes, parts in
      var start = 0
      var count = 0
      for (_, range) in bytes.scalars() {
        count += 1
        if count == length || range.upperBound == bytes.count {
          parts.append(start..<range.upperBound)
          start = range.upperBound
          count = 0
        }
      }
    }
  }
}

import ModelFiles

/// The tokens of a text on their way to be text again, each valid UTF-8 if its piece is, and what
/// that may still cost.
package struct TokenTexts: Sendable {
  package private(set) var list: [[UInt8]]
  /// What regular expressions may still cost.
  var regexBudget = RegexBudget()

  // A piece may be long, and ids many; a decoder may make each longer. Far more than any text that
  // ids come from.
  private static let most = 1 << 26

  /// - Throws: if they are too long together.
  package init(_ list: [[UInt8]]) throws {
    self.list = []
    try replace(list)
    regexBudget.add(list.reduce(0) { $0 + $1.count })
  }

  /// - Throws: if a text of so many bytes is longer than allowed.
  static func check(_ count: Int) throws {
    guard count <= most else {
      throw FileError("the tokens make a text longer than \(most) bytes; decode fewer at once")
    }
  }

  mutating func replace(_ list: [[UInt8]]) throws {
    var count = 0
    for text in list {
      count += text.count
      try Self.check(count)
    }
    self.list = list
  }

  /// Replaces each by what `body` appends, given its place among all.
  mutating func rewrite(
    _ body: (Int, UnsafeRawBufferPointer, inout RegexBudget, inout [UInt8]) throws -> Void
  ) throws {
    var count = 0
    for index in list.indices {
      var output: [UInt8] = []
      try list[index].withUnsafeBytes { try body(index, $0, &regexBudget, &output) }
      count += output.count
      try Self.check(count)
      list[index] = output
    }
  }
}

extension Pattern {
  /// Appends a text with `content` in the place of each match.
  func replace(
    in text: UnsafeRawBufferPointer, with content: [UInt8], _ budget: inout RegexBudget,
    to output: inout [UInt8]
  ) throws {
    var position = 0
    try forEachMatch(in: text, &budget) { match in
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[position..<match.lowerBound]))
      try TokenTexts.check(output.count + content.count)
      output += content
      position = match.upperBound
    }
    output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[position...]))
  }
}

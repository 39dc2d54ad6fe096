package import ModelFiles

/// Replaces each match of a pattern with a string.
package struct Replace: Normalizer {
  private let pattern: Pattern
  private let content: [UInt8]

  package init(_ json: JSON) throws {
    pattern = try Pattern(json.object("pattern"))
    content = try json.value("content").bytes()
  }

  package var description: String {
    "Replace: \(pattern) with `\(String(decoding: content, as: UTF8.self))`"
  }

  package func callAsFunction(_ text: inout TextBuffer) throws {
    let growth = text.growth
    let old = text.startCount
    var new = 0
    var budget = text.regexBudget
    try text.rewrite { source, output in
      var position = 0
      // Copied bytes belong to the start as far as they did before; a replacement does if the last
      // byte of its match did, or if it is inserted before everything.
      func append(upTo end: Int) {
        let begins = output.count == new ? max(min(end, old) - position, 0) : 0
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position..<end]))
        new += begins
        position = end
      }
      try pattern.forEachMatch(in: source, &budget) { match in
        append(upTo: match.lowerBound)
        if output.count == new, match.upperBound <= old || match.upperBound == 0 {
          new += content.count
        }
        try growth.check(output.count + content.count)
        output += content
        position = match.upperBound
      }
      append(upTo: source.count)
    }
    try text.growth.check()
    text.begin(new)
    text.regexBudget = budget
  }
}

extension Replace: EditingNormalizer {
  func edits(of text: TextBuffer) throws -> [TextEdit] {
    var budget = text.regexBudget
    var edits: [TextEdit] = []
    try text.bytes.withUnsafeBytes { bytes in
      try pattern.forEachMatch(in: bytes, &budget) {
        edits.append(TextEdit(range: $0, count: content.count))
      }
    }
    return edits
  }
}

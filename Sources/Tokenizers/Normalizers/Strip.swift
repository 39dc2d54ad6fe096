package import ModelFiles

/// Removes white space at the ends of a text.
package struct Strip: Normalizer {
  private let left: Bool
  private let right: Bool
  private let traits = ScalarTraits.table

  package init(_ json: JSON) throws {
    left = try json.bool("strip_left")
    right = try json.bool("strip_right")
  }

  package var description: String {
    let ends = [left ? "left" : nil, right ? "right" : nil].compactMap { $0 }
    return "Strip: " + (ends.isEmpty ? "nothing" : ends.joined(separator: " and "))
  }

  package func callAsFunction(_ text: inout TextBuffer) {
    let kept = text.bytes.withUnsafeBytes(inner)
    guard kept != 0..<text.bytes.count else { return }
    let start = max(text.startCount - kept.lowerBound, 0)
    text.rewrite { source, output in
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[kept]))
    }
    text.begin(start)
  }

  /// What remains of a text.
  private func inner(_ text: UnsafeRawBufferPointer) -> Range<Int> {
    let isSpace = { (scalar: UInt32) in traits[scalar].contains(.whitespace) }
    let start = left ? text.end(from: 0, while: isSpace) : 0
    let end = right ? text.start(before: text.count, from: start, while: isSpace) : text.count
    return start..<max(start, end)
  }
}

extension Strip: EditingNormalizer {
  func edits(of text: TextBuffer) -> [TextEdit] {
    let kept = text.bytes.withUnsafeBytes(inner)
    return [
      TextEdit(range: 0..<kept.lowerBound, count: 0),
      TextEdit(range: kept.upperBound..<text.bytes.count, count: 0),
    ]
  }
}

package import ModelFiles

/// Removes white space at the ends of a text.
package struct Strip: Normalizer {
  private let left: Bool
  private let right: Bool
  private let traits = ScalarTraitsTable.measured

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
    var start = 0
    var end = text.count
    while left, start < end {
      let (scalar, next) = text.scalar(at: start)
      guard traits[scalar].contains(.whitespace) else { break }
      start = next
    }
    while right, end > start {
      let (scalar, previous) = text.scalar(before: end)
      guard traits[scalar].contains(.whitespace) else { break }
      end = max(previous, start)
    }
    return start..<end
  }
}

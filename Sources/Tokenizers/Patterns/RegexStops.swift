/// Where within a repetition a regular expression can read much of a text without a step back that
/// would count: looks, atomic groups and what is possessive. There the clock is looked at.
struct RegexStops {
  /// Offsets in the expression, each within such a group or behind a possessive quantifier.
  private(set) var offsets: Set<Int> = []

  private struct Group {
    /// A look back, in which nothing can be told.
    var looksBack: Bool
    var offsets: [Int] = []
  }

  init(_ regex: [UInt8]) {
    var groups = [Group(looksBack: false)]
    var brackets = 0
    var position = 0
    // What a group calls may be the group itself.
    let calls = String(decoding: regex, as: UTF8.self).contains(#"\g"#)
    while position < regex.count {
      let rest = regex[position...]
      switch regex[position] {
      case UInt8(ascii: "\\"): position += 1
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets = max(0, brackets - 1)
      case _ where brackets > 0: break
      case UInt8(ascii: "("):
        let looksBack = rest.starts(with: "(?<=".utf8) || rest.starts(with: "(?<!".utf8)
        groups.append(Group(looksBack: looksBack || groups.last?.looksBack ?? false))
        let isStop = ["(?=", "(?!", "(?>"].contains { rest.starts(with: $0.utf8) }
        if isStop { Self.add(position + 3, to: &groups) }
      case UInt8(ascii: ")") where groups.count > 1:
        let inner = groups.removeLast().offsets
        if calls || Self.isRepetition(rest.dropFirst()) {
          offsets.formUnion(inner)
        } else {
          groups[groups.count - 1].offsets += inner
        }
      case UInt8(ascii: "*"), UInt8(ascii: "+"):
        guard rest.dropFirst().first == UInt8(ascii: "+") else { break }
        position += 1
        Self.add(position + 1, to: &groups)
      default: break
      }
      position += 1
    }
    if calls { offsets.formUnion(groups.flatMap(\.offsets)) }
  }

  private static func add(_ offset: Int, to groups: inout [Group]) {
    guard let last = groups.last, !last.looksBack else { return }
    groups[groups.count - 1].offsets.append(offset)
  }

  /// Whether what follows a group repeats it.
  private static func isRepetition(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.first.map { "*+{".utf8.contains($0) } ?? false
  }
}

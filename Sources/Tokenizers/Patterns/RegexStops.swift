/// Where a regular expression can read far ahead without backtracking, which the library would
/// count: looks, atomic groups and possessive repetitions. Callouts there count the steps forward.
struct RegexStops {
  /// Counts from the callout before.
  static let callout = "(?{t})"
  /// Counts from the start of the match, since no callout is where the repetition begins.
  private static let possessiveCallout = "(?{p})"

  /// Text to insert before the bytes at these offsets of the expression.
  private(set) var insertions: [Int: String] = [:]
  /// The most steps forward between two callouts, not counting loops, which end in a callout or
  /// backtrack.
  private(set) var straightSteps: Int
  /// Whether a single step can read much of a text again: references to groups, and looks back over
  /// a length that varies.
  private(set) var rereads = false

  /// Whether `.` is repeated, which reads the rest of a line without a step back.
  private(set) var readsLines = false
  /// Whether `.` goes on behind a line end, with the option `m`.
  private(set) var linesAreAll = false

  private struct Group {
    /// In a look back no callout can be.
    var looksBack = false
    /// Whether callouts go to its start and its end.
    var isCounted = false
  }

  init(_ regex: [UInt8]) {
    straightSteps = regex.count + 1
    // What a comment holds is no part of the expression.
    let text = String(decoding: regex, as: UTF8.self)
    linesAreAll = text.contains("(?") && text.contains(#/\(\?[ix-]*m/#)
    if text.contains("#"), text.contains(#/\(\?[im-]*x/#) {
      rereads = true
      return
    }
    var groups = [Group()]
    var brackets = 0
    var position = 0
    while position < regex.count {
      let rest = regex[position...]
      switch regex[position] {
      case UInt8(ascii: "\\"):
        position += 1
        rereads = rereads || rest.dropFirst().first.map { "123456789k".utf8.contains($0) } ?? false
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets = max(0, brackets - 1)
      case _ where brackets > 0: break
      case UInt8(ascii: "("): open(rest, &groups)
      case UInt8(ascii: ")") where groups.count > 1:
        if groups.removeLast().isCounted { insertions[position] = ")" + Self.callout }
      case UInt8(ascii: "*"), UInt8(ascii: "+"):
        rereads = rereads || groups[groups.count - 1].looksBack
        guard rest.dropFirst().first == UInt8(ascii: "+") else { break }
        position += 1
        if !groups[groups.count - 1].looksBack { insertions[position + 1] = Self.possessiveCallout }
      case UInt8(ascii: "{"): multiply(rest.dropFirst())
      case UInt8(ascii: "."):
        readsLines = readsLines || rest.dropFirst().first.map { "*+{".utf8.contains($0) } ?? false
      default: break
      }
      position += 1
    }
  }

  private mutating func open(_ rest: ArraySlice<UInt8>, _ groups: inout [Group]) {
    func starts(with text: String) -> Bool { rest.starts(with: text.utf8) }
    var group = groups[groups.count - 1]
    group.looksBack = group.looksBack || starts(with: "(?<=") || starts(with: "(?<!")
    group.isCounted =
      !group.looksBack && (starts(with: "(?=") || starts(with: "(?!") || starts(with: "(?>"))
    if group.isCounted { insertions[rest.startIndex + 3] = Self.callout + "(?:" }
    groups.append(group)
  }

  /// Multiplies the steps by the largest count of a repetition `{…}`.
  private mutating func multiply(_ rest: ArraySlice<UInt8>) {
    let numbers = rest.prefix { (0x30..<0x3A).contains($0) || $0 == UInt8(ascii: ",") }
    let largest = numbers.split(separator: UInt8(ascii: ",")).compactMap {
      Int(String(decoding: $0, as: UTF8.self))
    }.max()
    let (product, overflow) = straightSteps.multipliedReportingOverflow(by: max(1, largest ?? 1))
    straightSteps = overflow ? Int.max : product
  }
}

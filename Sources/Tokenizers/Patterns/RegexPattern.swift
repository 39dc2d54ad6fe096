import COnig
import ModelFiles

/// A regular expression that Oniguruma's library matches.
final class RegexPattern: Sendable {
  /// How often one match may step back, as in the reference, which stops the process there.
  private static let mostRetries: UInt = 10_000_000
  /// How often a search may step back before it counts against what the text may take in all.
  private static let fewRetries: UInt = 1_024
  /// How many entries the stack of a match may have: 200 MB or so.
  private static let stackLimit: UInt32 = 1 << 22

  /// A class, whose name takes ten bytes, becomes 6 kB of ranges.
  private static let memoryPerByte = 600

  /// Compiled; the library only reads it, so that threads may share it.
  private nonisolated(unsafe) let compiled: UnsafeMutableRawPointer
  private let regex: String
  private let stops: RegexStops

  init(_ regex: String) throws {
    try MeasuredClasses.open.get()
    stops = RegexStops(Array(regex.utf8))
    let pattern = try MeasuredClasses.rewrite(Array(regex.utf8), stops)
    try MemoryBound.check(
      pattern.count, Self.memoryPerByte, for: "the regular expression `\(regex)`")
    compiled = try Self.withMessage("the regular expression `\(regex)` cannot be compiled") {
      co_compile(pattern, pattern.count, $0)
    }
    self.regex = regex
  }

  deinit { co_free(compiled) }

  /// Looks on where the match before ended; an empty match directly behind another is passed over.
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ budget: inout RegexBudget,
    _ body: (Range<Int>) throws -> Void
  ) throws {
    guard let bytes = text.bindMemory(to: UInt8.self).baseAddress else { return }
    // Steps that the library does not report are charged as a part of their maximum.
    let rereading = stops.rereads ? UInt(text.count) / 64 : 0
    let straight = UInt(min(stops.straightSteps, text.count)) / 8 + longestLine(text) / 32
    // 0 would be no limit.
    let limits = co_limits(
      retries: max(1, Self.mostRetries / (1 + rereading)), stack: Self.stackLimit,
      steps: budget.steps, between: rereading + straight)
    guard let scan = co_scan_new(limits) else {
      throw FileError("no memory is left to match a regular expression")
    }
    var retries = budget.retries / (1 + rereading)
    defer {
      budget.steps = co_scan_steps(scan)
      budget.retries = retries * (1 + rereading)
      co_scan_free(scan)
    }
    var position = 0
    var last: Int?
    while position <= text.count {
      let found = try find(from: position, bytes, text.count, scan, &retries)
      guard let match = found else { return }
      if match.isEmpty, last == match.upperBound {
        position = position < text.count ? text.scalar(at: position).end : position + 1
      } else {
        guard last ?? 0 <= match.lowerBound else {
          throw FileError("the regular expression `\(regex)` matches backwards")
        }
        position = match.upperBound
        last = position
        try body(match)
      }
    }
  }

  /// The longest line, which `.*` can read, or all of the text with the option `m`; 0 without `.*`.
  private func longestLine(_ text: UnsafeRawBufferPointer) -> UInt {
    guard stops.readsLines else { return 0 }
    if stops.linesAreAll { return UInt(text.count) }
    return text.split(separator: 0x0A).reduce(0) { max($0, UInt($1.count)) }
  }

  /// The first match from `position` on.
  /// - Parameter retries: how many steps back the text has left. A search that takes few costs
  ///   nothing; one that takes more is begun again with more, which it costs.
  private func find(
    from position: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int,
    _ scan: UnsafeMutableRawPointer, _ retries: inout UInt
  ) throws -> Range<Int>? {
    var limit = Self.fewRetries
    while true {
      var (start, end) = (0, 0)
      let found = try Self.withMessage("the regular expression `\(regex)` takes too long") {
        message in
        let found = co_scan_next(
          scan, compiled, bytes, count, position, limit, &start, &end, message)
        return found < 0 ? nil : found
      }
      if found == 1, start <= end, end <= count { return start..<end }
      guard found == 2 else { return nil }
      guard retries > limit else {
        throw FileError("the regular expression `\(regex)` takes too long: it backtracks too often")
      }
      retries -= limit
      limit = min(16 * limit, retries)
    }
  }

  /// What `body` gives; if that is nothing, an error with the message that it wrote.
  static func withMessage<R>(
    _ problem: @autoclosure () -> String, _ body: (UnsafeMutablePointer<CChar>) -> R?
  ) throws -> R {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CO_MESSAGE)) { message in
      message.initialize(repeating: 0)
      guard let address = message.baseAddress else { throw FileError(problem()) }
      if let result = body(address) { return result }
      throw FileError("\(problem()): \(String(cString: address))")
    }
  }
}

/// How many steps the regular expressions of a tokenizer may still take on a text, linear in its
/// length; an expression that needs more ends in an error. Steps are counted, not timed, so that a
/// text passes on every machine or on none.
package struct RegexBudget: Sendable {
  /// Backtracking steps; searches with few of them are free.
  var retries: UInt = 10_000_000
  /// Steps forward. Expressions in use take some ten a byte.
  var steps: UInt = 100_000_000

  package init() {}

  /// Adds the allowance for a text with this many bytes.
  mutating func add(_ count: Int) {
    retries = Self.sum(retries, 100, count)
    steps = Self.sum(steps, 200, count)
  }

  private static func sum(_ budget: UInt, _ each: UInt, _ count: Int) -> UInt {
    let more = UInt(clamping: count).multipliedReportingOverflow(by: each)
    let (sum, overflow) = budget.addingReportingOverflow(more.partialValue)
    return more.overflow || overflow ? .max : sum
  }
}

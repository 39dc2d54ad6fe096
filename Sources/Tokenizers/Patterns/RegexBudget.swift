/// How many steps the regular expressions of a tokenizer may still take on a text, linear in its
/// length; an expression that needs more ends in an error. Steps are counted, not timed, so that a
/// text passes on every machine or on none.
package struct RegexBudget: Sendable {
  /// Backtracking steps; searches with few of them are free.
  var retries: UInt = 10_000_000
  /// Steps forward. Expressions in use take some ten a byte.
  var steps: UInt = 100_000_000

  package init() {}

  /// Allows for a text of so many bytes.
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

/// What the expressions of a tokenizer may still cost in all on a text, which is linear in its
/// length: an expression that needs more ends in an error, whatever it has been written for.
package struct RegexBudget: Sendable {
  /// Steps back that count (those of searches with few do not).
  var retries: UInt = 10_000_000
  /// Seconds of computing, since steps forward are not told. Expressions in use take 0.1 µs a byte.
  var seconds = 1.0

  package init() {}

  /// Allows for a text of so many bytes.
  mutating func add(_ count: Int) {
    let more = UInt(clamping: count).multipliedReportingOverflow(by: 1_000)
    retries = more.overflow ? .max : retries.addingReportingOverflow(more.partialValue).partialValue
    seconds += 1e-6 * Double(count)
  }
}

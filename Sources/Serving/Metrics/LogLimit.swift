/// Lets only so many failures of one status a second into the log, so that nobody can fill a disk by
/// asking wrongly.
struct LogLimit: Sendable {
  static let most = 10

  private var second = 0
  private var seen: [Int: Int] = [:]

  /// Whether this failure is told.
  /// - Parameter second: since 1970
  /// - Returns: also what was not told in an earlier second, by status, once
  mutating func admit(status: Int, second: Int) -> (isTold: Bool, leftOut: [(Int, Int)]) {
    let leftOut = roll(to: second)
    guard status >= 400 else { return (true, leftOut) }
    seen[status, default: 0] += 1
    return (seen[status, default: 0] <= Self.most, leftOut)
  }

  /// Begins another second.
  private mutating func roll(to second: Int) -> [(Int, Int)] {
    guard second != self.second else { return [] }
    self.second = second
    return take()
  }

  /// What was not told yet, by status.
  mutating func take() -> [(Int, Int)] {
    defer { seen = [:] }
    return seen.filter { $0.value > Self.most }.map { ($0.key, $0.value - Self.most) }
      .sorted { $0.0 < $1.0 }
  }
}

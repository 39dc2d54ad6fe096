/// How well two lists of numbers agree; `nil` where that is not defined, for fewer than two pairs or a
/// list of equal numbers.
package enum Correlation {
  /// Pearson's: of the numbers themselves.
  package static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "\(x.count) numbers beside \(y.count)")
    guard let first = x.first, let other = y.first,
      x.contains(where: { $0 != first }), y.contains(where: { $0 != other })
    else { return nil }
    let (left, right) = (centered(x), centered(y))
    let lengths = product(left, left).squareRoot() * product(right, right).squareRoot()
    let value = product(left, right) / lengths
    return value.isFinite ? max(-1, min(1, value)) : nil
  }

  /// Spearman's: of their ranks.
  package static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    pearson(ranks(x), ranks(y))
  }

  /// The rank of each number, from 1; equal ones have the mean of their ranks.
  package static func ranks(_ numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = [Double](repeating: 0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      for index in start..<end { ranks[order[index]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  private static func centered(_ numbers: [Double]) -> [Double] {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    return numbers.map { $0 - mean }
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

import Glibc
import ModelFiles

/// Numbers along a side of a plot: where each lies, and which are written beside it.
struct PlotAxis {
  /// The numbers at its ends; the first is smaller.
  let low, high: Double
  /// Where those ends are on the page.
  private let start, end: Double
  /// What is between two numbers that are written: 1, 2 or 5 times a power of ten.
  private let step: Double

  /// - Parameters:
  ///   - values: to be shown, those that are not finite passed over
  ///   - isWhole: whether there is nothing between two whole numbers
  init(
    _ values: [Double], from start: Double, to end: Double, ticks: Int, isWhole: Bool = false
  ) {
    // What is beyond has no room for its differences.
    let shown = values.filter { $0.magnitude < 1e300 }
    var (low, high) = (shown.min() ?? 0, shown.max() ?? 1)
    if !(high - low > max(high.magnitude, low.magnitude) * 1e-9) {
      let room = high == 0 ? 1 : high.magnitude * 0.1
      (low, high) = (low - room, high + room)
    }
    (self.low, self.high, self.start, self.end) = (low, high, start, end)
    let rough = (high - low) / Double(max(1, ticks))
    let power = pow(10, floor(log10(rough)))
    let step = ([1, 2, 5].first { $0 * power >= rough } ?? 10) * power
    self.step = isWhole ? max(1, step) : step
  }

  /// Where a number is on the page; those beyond the ends are at them.
  func place(_ value: Double) -> Double {
    start + (min(max(value, low), high) - low) / (high - low) * (end - start)
  }

  /// The numbers that are written.
  var ticks: [Double] {
    guard step > 0, step.isFinite else { return [] }
    let first = (low / step).rounded(.up)
    let count = Int(min((high - first * step) / step * (1 + 1e-9), 100))
    return count < 0 ? [] : (0...count).map { (first + Double($0)) * step }
  }

  /// A number as it is written: with the digits that tell it from the next.
  func label(_ value: Double) -> String {
    if value.magnitude < step / 2 { return "0" }
    let largest = max(low.magnitude, high.magnitude)
    guard largest >= 1e-3, largest < 1e7 else {
      let digits = 1 + Int(max(0, min(floor(log10(value.magnitude / step) + 1e-9), 8)))
      return significant(value, digits)
    }
    let decimals = Int(max(0, min((-log10(step) - 1e-9).rounded(.up), 9)))
    return fixed(value, decimals)
  }
}

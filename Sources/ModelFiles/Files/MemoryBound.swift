import CProcess
import Machine

/// Holds what a file or an option asks for against the memory that the process may come to hold,
/// before any of it is taken: together with all that it holds already.
package enum MemoryBound {
  // To ask what is held costs some microseconds; what is smaller counts with the next larger.
  private static let least = 1 << 20

  /// Throws where there is no room for the product of `factors` in bytes, which may be too large
  /// for any number.
  /// - Parameter what: what needs it, for the error: `model.safetensors: tensor …`
  package static func check(
    _ factors: Int..., for what: @autoclosure () -> String, bound: Int = Memory.bound,
    held: @autoclosure () -> Int = Memory.held
  ) throws {
    let bytes = product(factors)
    guard bytes >= least else { return }
    let held = held()
    guard held > bound || bytes > bound - held else { return }
    throw FileError(
      "\(what()) needs \(legible(bytes: bytes)) of memory; \(legible(bytes: held)) are taken of the "
        + "\(legible(bytes: bound)) that may be (--memory)")
  }

  /// The product of numbers that are not negative; the largest number where it is larger.
  static func product(_ factors: [Int]) -> Int {
    if factors.contains(0) { return 0 }
    return factors.reduce(1) { product, factor in
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? .max : result
    }
  }

  /// `68.7 GB`, `512 MB`: in powers of 1000, as disks and files are counted.
  static func legible(bytes: Int) -> String {
    if bytes == .max { return "more than 9 EB" }
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.5, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    let tenths = Int((value * 10).rounded())
    let isWhole = unit == 0 || value >= 99.95
    let number = isWhole ? "\(Int(value.rounded()))" : "\(tenths / 10).\(tenths % 10)"
    return "\(number) \(units[unit])"
  }
}

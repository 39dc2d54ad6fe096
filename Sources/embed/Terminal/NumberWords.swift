import Glibc
import ModelFiles

/// A number with commas between its thousands.
func grouped(_ number: Int) -> String {
  var digits = "\(number)"
  for cut in stride(from: digits.count - 3, to: 0, by: -3) {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: cut))
  }
  return digits
}

/// A rate to the whole, or to a tenth where that says something.
func legible(_ rate: Double) -> String {
  guard rate < 10 else { return grouped(Int(min(rate, 1e15))) }
  let tenths = Int(rate * 10)
  return "\(tenths / 10).\(tenths % 10)"
}

/// `0:07`, `12:34`, `1:02:03`.
func clock(_ seconds: Double) -> String {
  let whole = Int(min(max(seconds, 0), 1e9))
  let two = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
  return whole < 3600
    ? "\(whole / 60):\(two(whole % 60))"
    : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
}

/// `0.4 s`, `52 s`, `3 min 52 s`, `2 h 5 min`.
func duration(_ seconds: Double) -> String {
  let seconds = min(max(seconds, 0), 1e9)
  guard seconds >= 9.95 else { return "\(legible(seconds + 0.05)) s" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(grouped(whole / 3600)) h \(whole / 60 % 60) min"
}

/// A number to so many significant digits: `0.312`, `12.4`, `1,234`, `1.4e-05`.
func significant(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  // Smaller ones are rounding, and their powers of ten are none.
  guard value.magnitude > 1e-300 else { return "0" }
  // Rounded first: 9.96 has two digits before the point where it has two in all.
  var exponent = Int(floor(log10(value.magnitude)))
  let unit = pow(10, Double(exponent - digits + 1))
  if unit > 0, (value.magnitude / unit).rounded() >= pow(10, Double(digits)) { exponent += 1 }
  if (-3..<6).contains(exponent) {
    let decimals = max(0, digits - 1 - exponent)
    return decimals > 0 ? fixed(value, decimals) : grouped(Int(value.rounded()))
  }
  let scaled = fixed(value / pow(10, Double(exponent)), digits - 1)
  let sign = exponent < 0 ? "-" : "+"
  return "\(scaled)e\(sign)\(exponent.magnitude < 10 ? "0" : "")\(exponent.magnitude)"
}

/// `740 MB`, `1.1 GB`.
func bytesInWords(_ bytes: Int) -> String {
  let megabytes = Double(max(0, bytes)) / 1e6
  return megabytes < 999.5
    ? "\(Int(megabytes.rounded())) MB" : "\(fixed(megabytes / 1000, 1)) GB"
}

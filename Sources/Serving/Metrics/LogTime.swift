import Glibc

/// A moment of the day and the year, for the log.
struct LogTime: Sendable, Equatable {
  /// Since 1970.
  let seconds: Int
  let milliseconds: Int

  init(seconds: Int, milliseconds: Int = 0) {
    (self.seconds, self.milliseconds) = (seconds, milliseconds)
  }

  static var now: LogTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return LogTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
  }

  /// `2026-11-30T01:02:03Z`: UTC.
  var text: String { text(isPrecise: false) }
  /// With milliseconds.
  var preciseText: String { text(isPrecise: true) }

  private func text(isPrecise: Bool) -> String {
    var bytes: [UInt8] = []
    append(to: &bytes, isPrecise: isPrecise)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text. Lines of the log are made while requests wait, so digits are put one by one.
  func append(to bytes: inout [UInt8], isPrecise: Bool = false) {
    var parts = tm()
    var seconds: time_t = self.seconds
    guard gmtime_r(&seconds, &parts) != nil else { return bytes.append(UInt8(ascii: "-")) }
    bytes.append(digits: Int(parts.tm_year) + 1900, atLeast: 4)
    for (mark, number) in [
      ("-" as Unicode.Scalar, parts.tm_mon + 1), ("-", parts.tm_mday), ("T", parts.tm_hour),
      (":", parts.tm_min), (":", parts.tm_sec),
    ] {
      bytes.append(UInt8(ascii: mark))
      bytes.append(digits: Int(number), atLeast: 2)
    }
    if isPrecise {
      bytes.append(UInt8(ascii: "."))
      bytes.append(digits: milliseconds, atLeast: 3)
    }
    bytes.append(UInt8(ascii: "Z"))
  }
}

extension [UInt8] {
  /// Appends a number from 0, with zeros before it where it has fewer digits.
  mutating func append(digits number: Int, atLeast count: Int = 1) {
    let start = self.count
    var rest = Swift.max(0, number)
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0 || self.count - start < count
    self[start...].reverse()
  }
}

import Glibc

/// When to show a progress bar.
enum ProgressMode: String, CaseIterable, Sendable {
  /// On a terminal, once the run has taken a while.
  case auto
  case always, never
}

/// A progress bar, one line on standard error: rows done, their rate, the time left. `erase` it
/// before any message, and `finish` it before the last one.
struct Progress {
  // A run shorter than this needs no bar; more draws a second than this cannot be read.
  private static let patience = 2.0
  private static let interval = 0.2

  private let mode: ProgressMode
  private let total: Int?
  private let start = ContinuousClock.now
  /// In seconds since the start.
  private var lastDrawn: Double?
  private var state: ProgressState

  /// - `total`: the bytes of the input, where they are known.
  /// - `sharesTerminal`: whether rows go to a terminal too: `auto` shows nothing between them.
  init(_ mode: ProgressMode, total: Int?, sharesTerminal: Bool = false) {
    self.mode = mode == .auto && (isatty(2) != 1 || sharesTerminal) ? .never : mode
    self.total = total
    state = ProgressState(rows: 0, bytes: 0, total: total, seconds: 0)
  }

  /// Updates the counts; draws when it is time.
  /// - `rows`: those written, `bytes`: those read, both since the start.
  mutating func update(rows: Int, bytes: Int) {
    let seconds = start.duration(to: .now) / .seconds(1)
    state = ProgressState(rows: rows, bytes: bytes, total: total, seconds: seconds)
    guard mode == .always || mode == .auto && seconds > Self.patience,
      seconds - (lastDrawn ?? -.infinity) >= Self.interval
    else { return }
    lastDrawn = seconds
    draw(ending: "")
  }

  /// Erases the line; the next update may draw it again.
  mutating func erase() {
    guard lastDrawn != nil else { return }
    lastDrawn = nil
    writeToStandardError(Array("\r\u{1B}[K".utf8))
    Interrupt.noteUnfinishedLine(false)
  }

  /// Leaves the last state on a line of its own, if there was a line at all.
  mutating func finish() {
    guard lastDrawn != nil || mode == .always else { return }
    lastDrawn = nil
    draw(ending: "\n")
  }

  private func draw(ending: String) {
    // The last column stays free: some terminals wrap as soon as it is taken.
    let line = state.line(width: terminalWidth() - 1)
    writeToStandardError(Array("\r\(line)\u{1B}[K\(ending)".utf8))
    Interrupt.noteUnfinishedLine(ending.isEmpty)
  }
}

/// The state of a run, in words and as a bar.
struct ProgressState: Sendable {
  let rows: Int
  let bytes: Int
  let total: Int?
  let seconds: Double

  /// `[=====>     ]  47%  12,345 texts  1,234/s  0:42 left`, in ASCII: without the bar where it is
  /// wider than `width` columns, without share and time where the total is unknown.
  func line(width: Int) -> String {
    let rate = seconds > 0 ? Double(rows) / seconds : 0
    var parts = ["\(grouped(rows)) \(rows == 1 ? "text" : "texts")", "\(legible(rate)) texts/s"]
    if let share { parts.insert("\(Int(share * 100))%", at: 0) }
    if let share, share > 0, share < 1, seconds > 0 {
      parts.append("\(clock(seconds / share - seconds)) left")
    } else {
      parts.append(clock(seconds))
    }
    let words = parts.joined(separator: "  ")
    let space = min(width - words.utf8.count - 4, 40)
    let picture = share.flatMap { space >= 8 ? bar($0, width: space) + "  " : nil } ?? ""
    return String((picture + words).prefix(max(width, 0)))
  }

  /// The part that is done, 0 ... 1. A file that grows is not more than done.
  private var share: Double? {
    guard let total, total > 0 else { return nil }
    return min(Double(bytes) / Double(total), 1)
  }

  private func bar(_ share: Double, width: Int) -> String {
    let done = Int(share * Double(width))
    let head = done < width ? ">" : ""
    return "[" + String(repeating: "=", count: done) + head
      + String(repeating: " ", count: max(0, width - done - 1)) + "]"
  }
}

/// A number with commas between its thousands.
private func grouped(_ number: Int) -> String {
  var digits = "\(number)"
  for cut in stride(from: digits.count - 3, to: 0, by: -3) {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: cut))
  }
  return digits
}

/// A rate to the whole, or to a tenth where that says something.
private func legible(_ rate: Double) -> String {
  guard rate < 10 else { return grouped(Int(min(rate, 1e15))) }
  let tenths = Int(rate * 10)
  return "\(tenths / 10).\(tenths % 10)"
}

/// `0:07`, `12:34`, `1:02:03`.
private func clock(_ seconds: Double) -> String {
  let whole = Int(min(max(seconds, 0), 1e9))
  let two = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
  return whole < 3600
    ? "\(whole / 60):\(two(whole % 60))"
    : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
}

/// Of standard error; 80 where it has no width.
private func terminalWidth() -> Int {
  var size = winsize()
  guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}

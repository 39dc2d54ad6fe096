/// When to show a progress bar.
enum ProgressMode: String, CaseIterable, Sendable {
  /// On a terminal, once the run has taken a while.
  case auto
  case always, never
}

/// A progress bar, one line on standard error: rows done, their rate, the time left. `erase` it
/// before any message, and `finish` it before the last one.
struct Progress {
  private let total: Int?
  private let start = ContinuousClock.now
  private var line: ProgressLine

  /// - `total`: the bytes of the input, where they are known.
  /// - `sharesTerminal`: whether rows go to a terminal too: `auto` shows nothing between them.
  init(_ mode: ProgressMode, total: Int?, sharesTerminal: Bool = false) {
    self.total = total
    line = ProgressLine(mode, sharesTerminal: sharesTerminal)
    update(rows: 0, bytes: 0, seconds: 0)
  }

  /// Updates the counts; draws when it is time.
  /// - `rows`: those written, `bytes`: those read, both since the start.
  mutating func update(rows: Int, bytes: Int) {
    update(rows: rows, bytes: bytes, seconds: start.duration(to: .now) / .seconds(1))
  }

  private mutating func update(rows: Int, bytes: Int, seconds: Double) {
    let state = ProgressState(rows: rows, bytes: bytes, total: total, seconds: seconds)
    line.update(at: seconds) { state.line(width: $0) }
  }

  /// Erases the line; the next update may draw it again.
  mutating func erase() { line.erase() }

  /// Leaves the last state on a line of its own, if there was a line at all.
  mutating func finish() { line.finish() }
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
    return progressLine(parts, share: share, width: width)
  }

  /// The part that is done, 0 ... 1. A file that grows is not more than done.
  private var share: Double? {
    guard let total, total > 0 else { return nil }
    return min(Double(bytes) / Double(total), 1)
  }
}

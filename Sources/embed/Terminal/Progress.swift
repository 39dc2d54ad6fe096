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
  /// What an earlier run had done, and when this one began to do more.
  private var before: (rows: Int, bytes: Int, seconds: Double) = (0, 0, 0)
  private var line: ProgressLine

  /// - `total`: the bytes of the input, where they are known.
  /// - `sharesTerminal`: whether rows go to a terminal too: `auto` shows nothing between them.
  init(_ mode: ProgressMode, total: Int?, sharesTerminal: Bool = false) {
    self.total = total
    line = ProgressLine(mode, sharesTerminal: sharesTerminal)
    update(rows: 0, bytes: 0, seconds: 0)
  }

  /// Counts what an earlier run has done, which has no part in the rate of this one.
  mutating func begin(rows: Int, bytes: Int) {
    before = (rows, bytes, start.duration(to: .now) / .seconds(1))
    update(rows: rows, bytes: bytes, seconds: before.seconds)
  }

  /// Updates the counts; draws when it is time.
  /// - `rows`: those written, `bytes`: those read, both since the start.
  mutating func update(rows: Int, bytes: Int) {
    update(rows: rows, bytes: bytes, seconds: start.duration(to: .now) / .seconds(1))
  }

  private mutating func update(rows: Int, bytes: Int, seconds: Double) {
    let state = ProgressState(
      rows: rows, bytes: bytes, total: total, seconds: seconds, before: before)
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
  /// What was done when this run began to do more, in rows and bytes, and the time then.
  var before: (rows: Int, bytes: Int, seconds: Double) = (0, 0, 0)

  /// `[=====>     ]  47%  12,345 texts  1,234/s  0:42 left`, in ASCII: without the bar where it is
  /// wider than `width` columns, without share and time where the total is unknown.
  func line(width: Int) -> String {
    let own = seconds - before.seconds
    let rate = own > 0 ? Double(rows - before.rows) / own : 0
    var parts = ["\(grouped(rows)) \(rows == 1 ? "text" : "texts")", "\(legible(rate)) texts/s"]
    if let share { parts.insert("\(Int(share * 100))%", at: 0) }
    if let share, share < 1, let total, bytes > before.bytes, own > 0 {
      let left = Double(total - bytes) / Double(bytes - before.bytes)
      parts.append("\(clock(own * left)) left")
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

import Glibc

/// A line on standard error that is drawn over itself.
struct ProgressLine {
  // A run shorter than this needs no bar; more draws a second than this cannot be read.
  private static let patience = 2.0
  private static let interval = 0.2

  private let mode: ProgressMode
  /// In seconds since the start.
  private var lastDrawn: Double?
  /// The line in so many columns, as it is now.
  private var words: @Sendable (Int) -> String = { _ in "" }

  /// - Parameter sharesTerminal: whether other output goes to the terminal too: `auto` shows
  ///   nothing in its midst
  init(_ mode: ProgressMode, sharesTerminal: Bool = false) {
    self.mode = mode == .auto && (isatty(2) != 1 || sharesTerminal) ? .never : mode
  }

  /// Keeps what there is to say, and draws it when it is time.
  /// - Parameter seconds: since the start
  mutating func update(at seconds: Double, _ words: @escaping @Sendable (_ width: Int) -> String) {
    self.words = words
    let isTime = mode == .always && seconds > 0 || mode == .auto && seconds > Self.patience
    guard isTime, seconds - (lastDrawn ?? -.infinity) >= Self.interval else { return }
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

  /// Leaves what was said last on a line of its own, if there was a line at all.
  mutating func finish() {
    guard lastDrawn != nil || mode == .always else { return }
    lastDrawn = nil
    draw(ending: "\n")
  }

  private func draw(ending: String) {
    // The last column stays free: some terminals wrap as soon as it is taken.
    let line = words(terminalWidth() - 1)
    writeToStandardError(Array("\r\(line)\u{1B}[K\(ending)".utf8))
    Interrupt.noteUnfinishedLine(ending.isEmpty)
  }
}

/// Words with a bar before them, in ASCII; without the bar where there is no room for it.
/// - Parameter share: the part that is done, 0 ... 1; `nil` where that is not known
func progressLine(_ parts: [String], share: Double?, width: Int) -> String {
  let words = parts.joined(separator: "  ")
  let space = min(width - words.utf8.count - 4, 40)
  let picture = share.flatMap { space >= 8 ? bar($0, width: space) + "  " : nil } ?? ""
  return String((picture + words).prefix(max(width, 0)))
}

private func bar(_ share: Double, width: Int) -> String {
  let done = Int(share * Double(width))
  let head = done < width ? ">" : ""
  return "[" + String(repeating: "=", count: done) + head
    + String(repeating: " ", count: max(0, width - done - 1)) + "]"
}

/// The columns of a terminal; 80 where it has no width.
func terminalWidth(_ descriptor: Int32 = 2) -> Int {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}

import Glibc

/// Colours and the like on a terminal.
enum Style {
  /// Whether they are wanted there: not where NO_COLOR is set (no-color.org), or the terminal has none.
  static var isWanted: Bool {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return value("NO_COLOR").isEmpty && value("TERM") != "dumb"
  }
}

extension String {
  /// As SGR of ECMA-48 has it.
  private func styled(_ code: Int) -> String { "\u{1B}[\(code)m\(self)\u{1B}[0m" }

  var bold: String { styled(1) }
  var cyan: String { styled(36) }
}

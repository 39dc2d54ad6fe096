import Glibc
import ModelFiles

/// Messages to the user, on standard error, a line each.
struct Messages: Sendable {
  /// `--quiet`.
  let isQuiet: Bool

  /// Prints a notice; not under `--quiet`.
  func note(_ message: String) { if !isQuiet { warn(message) } }

  /// Prints what must be known in any case: errors, and results that are not what was asked for.
  func warn(_ message: String) {
    // One call of write, so that messages of several processes do not mix within a line.
    writeToStandardError(Messages.line(message))
  }

  /// The line as it is written. A name in it may come from anywhere, so control bytes, which a
  /// terminal would obey, are escaped.
  static func line(_ message: String) -> [UInt8] { escaped("embed: \(message)\n") }

  /// The bytes of a message, control bytes but the line feed as `\x1b`.
  static func escaped(_ message: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in message.utf8 {
      if byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\n") {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        bytes += [byte >> 4, byte & 15].map { $0 + UInt8(ascii: $0 < 10 ? "0" : "W") }
      }
    }
    return bytes
  }
}

extension Messages {
  /// Says of each of these texts that it is also the name of a file, which is not read.
  /// - Parameter advice: how files are read
  func noteFiles(among texts: [String], as kind: String, advice: String) {
    for text in texts.prefix(8)
    where (try? fileExists(text)) ?? false && !seemsADirectory(text) {
      note("`\(text)` is taken as a \(kind), and the file of that name is not read; \(advice)")
    }
  }
}

/// Writes to standard error as far as that is possible: a failure cannot be reported anywhere.
func writeToStandardError(_ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return }
    rest = rest.dropFirst(count)
  }
}

/// Names for a message, `a`, `b`, `c`: the first eight, long ones shortened.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(8).map { name in
    name.unicodeScalars.count <= 40
      ? "`\(name)`" : "`" + String(String.UnicodeScalarView(name.unicodeScalars.prefix(40))) + "…`"
  }
  let rest = names.count - shown.count
  return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}

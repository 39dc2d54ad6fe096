import ModelFiles

/// Texts from anywhere, as Markdown and YAML show them and not obey them.
enum Markup {
  // As many scalars of a sample as sentence-transformers shows.
  private static let longest = 1000

  /// A text inside a paragraph or a cell of a table: what has a meaning in Markdown or HTML becomes
  /// a reference, which has none.
  static func plain(_ text: String) -> String {
    let all = text.unicodeScalars
    let scalars = Array(all.prefix(longest))
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      // Inside a word it has no meaning.
      case "_" where isLetter(scalars, index - 1) && isLetter(scalars, index + 1):
        result.append(scalar)
      case "&", "<", ">", "|", "*", "_", "`", "[", "]", "~", "\\", "$":
        result += "&#\(scalar.value);".unicodeScalars
      case "\n": result += "<br>".unicodeScalars
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": result.append(" ")
      default: result.append(scalar)
      }
    }
    return String(result) + (all.count > longest ? "..." : "")
  }

  private static func isLetter(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard scalars.indices.contains(index) else { return false }
    let properties = scalars[index].properties
    return properties.isAlphabetic || properties.numericType != nil
  }

  /// A text in the letters of a program.
  static func code(_ text: String) -> String { "<code>\(plain(text))</code>" }

  /// A string of YAML, between quotes, on one line.
  static func yaml(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      // Line breaks, what YAML forbids, and what a reader may take for a mark of order.
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}",
        "\u{FFFF}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A string of Python and of JSON.
  static func string(_ text: String) -> String {
    String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
  }

  /// A table whose columns are as wide as their cells.
  /// - Parameters:
  ///   - isCentred: whether cells stand in the middle of their columns
  ///   - indent: before each line
  static func table(
    _ header: [String], _ rows: [[String]], isCentred: Bool = false, indent: String = ""
  ) -> String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    let line = { (cells: [String]) in
      indent + "|"
        + zip(cells, widths).map { cell, width in
          " " + cell + String(repeating: " ", count: width - cell.unicodeScalars.count) + " |"
        }.joined() + "\n"
    }
    let rule = widths.map { width in
      ":" + String(repeating: "-", count: width) + (isCentred ? ":|" : "-|")
    }
    return line(header) + indent + "|" + rule.joined() + "\n" + rows.map(line).joined()
  }

  /// A number as Python rounds it: at most so many digits after the point, one at least.
  static func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    guard value.magnitude < 1e9 else { return "\(value)" }
    var text = fixed(value, decimals)
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    return text
  }
}

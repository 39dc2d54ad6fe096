import ModelFiles

/// An SVG picture: elements one after the other, text escaped for XML.
struct SVG {
  private(set) var body = ""
  let width, height: Int
  /// Other colours where its reader likes dark pages, each with the one that it replaces.
  var darkColors: [(light: String, dark: String)] = []

  /// How a dot looks: full, or a ring.
  struct Paint: Equatable {
    let color: String
    var isRing = false
  }

  /// A dot that shows `title` under the pointer.
  mutating func dot(x: Double, y: Double, radius: Double, _ paint: Paint, title: String) {
    let fill =
      paint.isRing
      ? "#ffffff\" stroke=\"\(paint.color)\" stroke-width=\"\(fixed(radius / 2, 1))" : paint.color
    body +=
      "<circle cx=\"\(fixed(x, 1))\" cy=\"\(fixed(y, 1))\" r=\"\(fixed(radius, 1))\" "
      + "fill=\"\(fill)\"><title>\(Self.escaped(title))</title></circle>\n"
  }

  /// Which end of a line of text is where it is put.
  enum Anchor: String { case start, middle, end }

  /// A line of text on its base line.
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, fill: String, anchor: Anchor = .start
  ) {
    body +=
      "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" font-size=\"\(fixed(size, 0))\" "
      + "fill=\"\(fill)\" text-anchor=\"\(anchor.rawValue)\">\(Self.escaped(text))</text>\n"
  }

  /// Straight lines from point to point.
  mutating func line(
    _ points: [(x: Double, y: Double)], color: String, width: Double, opacity: Double = 1
  ) {
    guard points.count > 1 else { return }
    let places = points.map { "\(fixed($0.x, 1)),\(fixed($0.y, 1))" }.joined(separator: " ")
    body +=
      "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color)\" "
      + "stroke-width=\"\(fixed(width, 1))\" stroke-linejoin=\"round\""
      + (opacity < 1 ? " stroke-opacity=\"\(fixed(opacity, 2))\"" : "") + "/>\n"
  }

  /// A style that replaces colours, which their elements name, by darker pages' ones.
  private var style: String {
    guard !darkColors.isEmpty else { return "" }
    let rules = darkColors.flatMap { colors in
      ["fill", "stroke"].map { "[\($0)=\"\(colors.light)\"]{\($0):\(colors.dark)}" }
    }
    return "<style>@media (prefers-color-scheme:dark){\(rules.joined())}</style>\n"
  }

  var file: [UInt8] {
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
      + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\">\n"
      + style + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n"
    return Array((head + body + "</svg>\n").utf8)
  }

  /// Text between tags: what has a meaning in XML is escaped, what XML forbids becomes the
  /// replacement character.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;".unicodeScalars
      case ">": result += "&gt;".unicodeScalars
      case "&": result += "&amp;".unicodeScalars
      case "\t", "\n", "\r": result.append(" ")
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

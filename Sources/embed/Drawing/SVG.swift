/// A picture in SVG as it grows: elements one after the other, text made safe for XML.
struct SVG {
  private(set) var body = ""
  let width, height: Int

  init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// A dot that shows `title` under the pointer.
  mutating func dot(x: Double, y: Double, radius: Double, fill: String, title: String) {
    body +=
      "<circle cx=\"\(fixed(x, 1))\" cy=\"\(fixed(y, 1))\" r=\"\(fixed(radius, 1))\" "
      + "fill=\"\(fill)\"><title>\(Self.escaped(title))</title></circle>\n"
  }

  /// A line of text whose left end, on its base line, is at a point.
  mutating func text(_ text: String, x: Double, y: Double, size: Double, fill: String) {
    body +=
      "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" font-size=\"\(fixed(size, 0))\" "
      + "fill=\"\(fill)\">\(Self.escaped(text))</text>\n"
  }

  var file: [UInt8] {
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
      + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\">\n"
      + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n"
    return Array((head + body + "</svg>\n").utf8)
  }

  /// Text between tags: what XML has another meaning for is spelled out, what it forbids becomes
  /// the sign for what cannot be shown.
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

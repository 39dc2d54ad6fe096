import ModelFiles

/// A JSON value to be written, its members in the order they are given.
enum JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case null
  case bool(Bool)
  case int(Int)
  /// A number that was measured; written with the digits that a reader can use.
  case number(Double, decimals: Int)
  /// A number of float32, as the shortest decimal that reads back the same.
  case float(Float)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .int(value) }

  static func optional<Value>(_ value: Value?, _ make: (Value) -> JSONValue) -> JSONValue {
    value.map(make) ?? .null
  }

  /// The value on one line, with the newline.
  var line: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += "\(value)".utf8
    case .int(let value): bytes += "\(value)".utf8
    case .number(let value, let decimals):
      bytes += (value.isFinite ? fixed(value, decimals) : "null").utf8
    case .float(let value):
      [value].withUnsafeBufferPointer { appendNumbers($0, notFinite: .null, to: &bytes) }
    case .string(let value): Self.append(value, to: &bytes)
    case .array(let values):
      Self.append(values, "[", "]", to: &bytes) { $0.append(to: &$1) }
    case .object(let members):
      Self.append(members, "{", "}", to: &bytes) { member, bytes in
        Self.append(member.0, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.1.append(to: &bytes)
      }
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    Array(text.utf8).withUnsafeBytes { appendJSONString($0, to: &bytes) }
  }

  private static func append<Element>(
    _ elements: [Element], _ open: String, _ close: String, to bytes: inout [UInt8],
    _ each: (Element, inout [UInt8]) -> Void
  ) {
    bytes += open.utf8
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      each(element, &bytes)
    }
    bytes += close.utf8
  }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ decimals: Int) -> String {
  let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
  // Beyond 2⁵³ a Double has no digits after the point to lose.
  guard (value * scale).magnitude < 9e15 else { return "\(value)" }
  let scaled = Int((value * scale).rounded())
  let digits = "\(scaled.magnitude)"
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let point = padded.index(padded.endIndex, offsetBy: -decimals)
  let sign = scaled < 0 ? "-" : ""
  return sign + padded[..<point] + (decimals > 0 ? "." + padded[point...] : "")
}

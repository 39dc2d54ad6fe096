/// Values → text.
extension JinjaRenderer {
  /// Appends a value as `{{ }}` prints it.
  func append(_ value: JinjaValue, to output: inout [UInt8]) throws {
    if case .text(let text) = value {
      try charge(text.count)
      output += text
    } else {
      if case .undefined = value { return }
      try appendLiteral(value, to: &output)
    }
  }

  /// A value as text, as `~` and the filters take it.
  func text(_ value: JinjaValue) throws -> [UInt8] {
    if case .text(let text) = value {
      // Whoever asks for it looks at all of it.
      try charge(text.count)
      return text
    }
    var output: [UInt8] = []
    try append(value, to: &output)
    return output
  }

  /// Appends a value as Python writes it within a list.
  private func appendLiteral(_ value: JinjaValue, to output: inout [UInt8]) throws {
    try charge(8)
    switch value {
    case .undefined: output += "Undefined".utf8
    case .none: output += "None".utf8
    case .bool(let value): output += (value ? "True" : "False").utf8
    case .int(let value): output += String(value).utf8
    case .float(let value): output += Self.decimal(value).utf8
    case .text(let text):
      try charge(text.count)
      output.appendPythonLiteral(text)
    case .list(let items): try append(items, "[", "]", to: &output)
    case .tuple(let items):
      try append(items, "(", items.values.count == 1 ? ",)" : ")", to: &output)
    case .dict(let dict): try append(dict, to: &output)
    case .namespace(let space):
      output += "<Namespace ".utf8
      // Its members may hold itself.
      try nested { try append(space.members, to: &output) }
      output += ">".utf8
    case .iterator, .macro, .function, .method, .loop:
      throw JinjaProblem("\(value.kind) cannot be printed")
    }
  }

  private func append(
    _ items: JinjaItems, _ opening: String, _ closing: String, to output: inout [UInt8]
  ) throws {
    output += opening.utf8
    for (place, value) in items.values.enumerated() {
      if place > 0 { output += ", ".utf8 }
      try appendLiteral(value, to: &output)
    }
    output += closing.utf8
  }

  private func append(_ dict: JinjaDict, to output: inout [UInt8]) throws {
    output += "{".utf8
    for (place, (key, value)) in zip(dict.keys, dict.values).enumerated() {
      if place > 0 { output += ", ".utf8 }
      try appendLiteral(key, to: &output)
      output += ": ".utf8
      try appendLiteral(value, to: &output)
    }
    output += "}".utf8
  }

  /// A double as Python writes it: the shortest digits that say which one it is, an exponent from
  /// 1e16 on (Swift has one from 2⁵³ on).
  static func decimal(_ value: Double) -> String {
    abs(value) < 1e16 && value.rounded(.towardZero) == value && value != 0
      ? "\(Int(value)).0" : "\(value)"
  }
}

extension [UInt8] {
  /// Appends a text between quotes, as Python's `repr` writes it.
  mutating func appendPythonLiteral(_ text: [UInt8]) {
    let quote =
      text.contains(UInt8(ascii: "'")) && !text.contains(UInt8(ascii: "\""))
      ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    append(quote)
    for value in text.scalarValues {
      switch value {
      case UInt32(quote), 0x5C: self += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: value)]
      case 0x0A: self += "\\n".utf8
      case 0x0D: self += "\\r".utf8
      case 0x09: self += "\\t".utf8
      case 0x20..<0x7F: append(UInt8(truncatingIfNeeded: value))
      case _ where value > 0x7F && Self.isPrintable(value): append(scalar: value)
      case 0..<0x100: self += "\\x".utf8 + Self.hexadecimal(value, digits: 2)
      case 0..<0x10000: self += "\\u".utf8 + Self.hexadecimal(value, digits: 4)
      default: self += "\\U".utf8 + Self.hexadecimal(value, digits: 8)
      }
    }
    append(quote)
  }

  /// A number in base 16, with zeros before it.
  static func hexadecimal(_ value: UInt32, digits: Int) -> [UInt8] {
    let text = Array(String(value, radix: 16).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: Swift.max(digits - text.count, 0)) + text
  }

  private static func isPrintable(_ value: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}

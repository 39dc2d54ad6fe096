import ModelFiles

/// How `tojson` lays its text out.
struct JinjaJSONStyle {
  var indent: [UInt8]?
  var comma: [UInt8]
  var colon: [UInt8] = Array(": ".utf8)
  var isSorted = false
  var isASCII = false
}

/// Values ↔ JSON, as Python's `json.dumps` writes it.
extension JinjaRenderer {
  /// A value of a configuration.
  func value(_ json: JSON) throws -> JinjaValue {
    switch json.kind {
    case .null: .none
    case .bool: .bool(try json.bool())
    case .number:
      json.source.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 })
        ? .float(try json.double()) : .int(try json.int())
    case .string: .text(json.utf8 ?? [])
    case .array: .list(try items(try json.elements.map(value)))
    case .object:
      .dict(
        try json.members.reduce(into: JinjaDict()) {
          try set(.text($1.key.utf8 ?? []), try value($1.value), in: &$0)
        })
    }
  }

  /// Appends a value as JSON.
  func appendJSON(
    _ value: JinjaValue, _ style: JinjaJSONStyle, level: Int = 1, to output: inout [UInt8]
  ) throws {
    try charge(8 + (style.indent?.count ?? 0) * level)
    switch value {
    case .none: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .int(let value): output += String(value).utf8
    case .float(let value):
      output +=
        (value.isNaN
        ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : Self.decimal(value))
        .utf8
    case .text(let text): try appendJSON(text, style, to: &output)
    case .list(let items), .tuple(let items):
      try append("[", "]", items.values.count, style, level, to: &output) { place, output in
        try appendJSON(items.values[place], style, level: level + 1, to: &output)
      }
    case .dict(let dict):
      let order = try style.isSorted ? sorted(dict) : Array(dict.keys.indices)
      try append("{", "}", dict.count, style, level, to: &output) { place, output in
        try appendJSON(try jsonKey(dict.keys[order[place]]), style, to: &output)
        output += style.colon
        try appendJSON(dict.values[order[place]], style, level: level + 1, to: &output)
      }
    default: throw JinjaProblem("\(value.kind) cannot be written as JSON")
    }
  }

  private func append(
    _ opening: String, _ closing: String, _ count: Int, _ style: JinjaJSONStyle, _ level: Int,
    to output: inout [UInt8], element: (Int, inout [UInt8]) throws -> Void
  ) throws {
    output += opening.utf8
    for place in 0..<count {
      if place > 0 { output += style.comma }
      breakLine(style, level, to: &output)
      try element(place, &output)
    }
    if count > 0 { breakLine(style, level - 1, to: &output) }
    output += closing.utf8
  }

  private func breakLine(_ style: JinjaJSONStyle, _ level: Int, to output: inout [UInt8]) {
    guard let indent = style.indent else { return }
    output.append(0x0A)
    for _ in 0..<level { output += indent }
  }

  private func sorted(_ dict: JinjaDict) throws -> [Int] {
    try charge(dict.count * 16)
    return try dict.keys.indices.sorted { try isLess(dict.keys[$0], dict.keys[$1], "sort_keys") }
  }

  /// A key as the string that JSON needs.
  private func jsonKey(_ key: JinjaValue) throws -> [UInt8] {
    switch key {
    case .text(let text): return text
    case .none: return Array("null".utf8)
    case .bool(let value): return Array((value ? "true" : "false").utf8)
    default: return try text(key)
    }
  }

  private func appendJSON(
    _ text: [UInt8], _ style: JinjaJSONStyle, to output: inout [UInt8]
  ) throws {
    try charge(text.count)
    guard style.isASCII else { return output.appendJSON(string: text) }
    var quoted: [UInt8] = []
    quoted.appendJSON(string: text)
    for value in quoted.scalarValues {
      if value < 0x7F {
        output.append(UInt8(truncatingIfNeeded: value))
      } else if value == 0x7F {
        output.append(0x7F)
      } else if value < 0x10000 {
        output += "\\u".utf8 + [UInt8].hexadecimal(value, digits: 4)
      } else {
        let rest = value - 0x10000
        output += "\\u".utf8 + [UInt8].hexadecimal(0xD800 + rest >> 10, digits: 4)
        output += "\\u".utf8 + [UInt8].hexadecimal(0xDC00 + rest & 0x3FF, digits: 4)
      }
    }
  }
}

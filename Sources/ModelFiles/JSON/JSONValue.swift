/// A JSON value to be written; the fields of an object stay in the order they are given.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  /// A measured number, rounded to `decimals` digits after the point; null if not finite.
  case number(Double, decimals: Int)
  /// A float32 number, as the shortest decimal that reads back the same; null if not finite.
  case float(Float)
  /// A float64 number, as the shortest decimal that reads back the same; null if not finite.
  case double(Double)
  case string(String)
  /// A string by its bytes, which should be UTF-8.
  case utf8([UInt8])
  /// A JSON text, which is written as it is.
  case source([UInt8])
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// A parsed value, as its file has it.
  package init(_ json: JSON) {
    json.askForAll()
    self = .source(json.source)
  }

  /// What `make` gives for a value, null where there is none.
  package static func optional<Value>(_ value: Value?, _ make: (Value) -> JSONValue) -> JSONValue {
    value.map(make) ?? .null
  }

  /// The value without white space.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendJSON(self)
    return bytes
  }

  /// The value as a row of JSON lines.
  package var line: [UInt8] { bytes + [UInt8(ascii: "\n")] }

  /// The value as a file that people read: each field or element of the outermost container is
  /// indented on a line of its own, and what is deeper has spaces after commas and colons.
  package var file: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(self, space: " ", onLines: true)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral fields: (String, JSONValue)...) { self = .object(fields) }
}

extension [UInt8] {
  /// Appends a value without white space.
  package mutating func appendJSON(_ value: JSONValue) {
    append(value, space: "")
  }

  /// Appends a value with `space` after commas and colons, or with each part on a line of its own.
  fileprivate mutating func append(_ value: JSONValue, space: String, onLines: Bool = false) {
    switch value {
    case .null: self += "null".utf8
    case .bool(let value): self += (value ? "true" : "false").utf8
    case .int(let value): self += "\(value)".utf8
    case .number(let value, let decimals):
      self += (value.isFinite ? fixed(value, decimals) : "null").utf8
    case .float(let value): [value].withUnsafeBufferPointer { appendDecimals($0, notFinite: .null) }
    case .double(let value): self += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let text): appendJSON(string: text)
    case .utf8(let text): appendJSON(string: text)
    case .source(let text): self += text
    case .array(let elements):
      append(elements, "[", "]", space, onLines) { $0.append($1, space: space) }
    case .object(let fields):
      append(fields, "{", "}", space, onLines) { bytes, field in
        bytes.appendJSON(string: field.0)
        bytes += ":".utf8
        bytes += space.utf8
        bytes.append(field.1, space: space)
      }
    }
  }

  private mutating func append<Part>(
    _ parts: [Part], _ open: String, _ close: String, _ space: String, _ onLines: Bool,
    _ append: (inout [UInt8], Part) -> Void
  ) {
    let separator = onLines ? ",\n  " : "," + space
    self += (onLines ? open + "\n  " : open).utf8
    for (index, part) in parts.enumerated() {
      if index > 0 { self += separator.utf8 }
      append(&self, part)
    }
    self += (onLines ? "\n" + close : close).utf8
  }
}

extension JSON {
  /// The value that is written, parsed; `name` is what errors call it.
  package init(_ value: JSONValue, name: String, tracking: Bool = false) throws {
    let document = try JSONDocument(
      value.bytes, name: name, maximumDepth: 128, asked: tracking ? AskedMembers() : nil)
    self.init(document, 0)
  }

  /// The same object with other values for some fields; those that it does not have go to its end.
  package func replacing(_ fields: [(String, JSONValue)]) throws -> JSON {
    let read = Set(askedKeys)
    let names = Set(fields.map(\.0))
    let kept = try members.map { (try $0.key.string(), JSONValue($0.value)) }
      .filter { !names.contains($0.0) }
    let value = JSONValue.object(kept + fields)
    let replaced = try JSON(value, name: name, tracking: document.asked != nil)
    replaced.values(where: read.contains)
    return replaced
  }
}

/// One value on the tape. The first byte of its text says which kind it is.
struct JSONNode: Sendable {
  /// Where the value's text begins in the file.
  let start: UInt32
  /// The bytes of that text, brackets and quotes included.
  var length: UInt32
  /// The elements of an array, the members of an object; of a string, 1 when it has escapes.
  var count: UInt32
  /// The tape index after this value and all in it (while it is being read: of what encloses it).
  var next: UInt32
}

/// A parsed file: its bytes, and a flat tape of the values in them in the order they were written.
/// An object's members are a key, a value, a key, a value …
final class JSONDocument: Sendable {
  let name: String
  let bytes: [UInt8]
  let tape: ContiguousArray<JSONNode>
  /// `nil` where nobody wants to know what was not asked for.
  let asked: AskedMembers?

  convenience init(
    _ bytes: [UInt8], name: String, maximumDepth: Int, asked: AskedMembers? = nil
  ) throws {
    // Offsets on the tape have 32 bits.
    guard bytes.count < 1 << 32 else {
      throw FileError("\(name) has \(bytes.count) bytes; JSON is read up to \(UInt32.max) bytes")
    }
    try bytes.withUnsafeBytes { try refuseForeignText($0, name: name) }
    do throws(JSONSyntaxError) {
      try self.init(parsing: bytes, name: name, maximumDepth: maximumDepth, asked: asked)
    } catch {
      let position = bytes.withUnsafeBytes(error.position)
      throw FileError("\(name): \(position): \(error.problem)")
    }
  }

  /// - Parameter bytes: fewer than 2³².
  init(
    parsing bytes: [UInt8], name: String, maximumDepth: Int, asked: AskedMembers? = nil
  ) throws(JSONSyntaxError) {
    self.name = name
    self.bytes = bytes
    self.asked = asked
    tape = try bytes.withUnsafeBytes { text -> Result<_, JSONSyntaxError> in
      var parser = JSONParser(text, maximumDepth: maximumDepth)
      return Result { () throws(JSONSyntaxError) in
        try parser.document()
        return parser.tape
      }
    }.get()
  }

  func kind(of node: Int) -> JSON.Kind {
    switch bytes[Int(tape[node].start)] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  func next(after node: Int) -> Int { Int(tape[node].next) }

  /// The range of a value's text; of a string, without its quotes.
  func range(of node: Int, inside quotes: Bool = false) -> Range<Int> {
    let start = Int(tape[node].start)
    let end = start &+ Int(tape[node].length)
    return quotes ? start &+ 1..<end &- 1 : start..<end
  }

  /// A string's bytes with its escapes undone; no copy is made when it has none.
  func withString<R>(_ node: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes { file in
      let text = UnsafeRawBufferPointer(rebasing: file[range(of: node, inside: true)])
      if tape[node].count == 0 { return try body(text) }
      return try unescaped(text).withUnsafeBytes(body)
    }
  }

  /// The last member of an object whose key is `key`, byte for byte.
  func member(_ key: UnsafeRawBufferPointer, of object: Int) -> Int? {
    var found: Int?
    var node = object &+ 1
    for _ in 0..<tape[object].count {
      // An escape is longer than what it stands for.
      if Int(tape[node].length) &- 2 >= key.count, withString(node, { $0.elementsEqual(key) }) {
        found = node &+ 1
      }
      node = next(after: node &+ 1)
    }
    return found
  }
}

/// Refuses texts that are not JSON for reasons that can be named better than by their first byte.
private func refuseForeignText(_ text: UnsafeRawBufferPointer, name: String) throws {
  try refuseFailedDownload(text, name: name)
  if text.starts(with: [0xEF, 0xBB, 0xBF]) {
    throw FileError(
      "\(name) begins with a byte order mark (EF BB BF), which JSON does not allow; "
        + "save it as UTF-8 without one")
  }
  if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
    throw FileError("\(name) is UTF-16, JSON should be UTF-8; save it as UTF-8")
  }
}

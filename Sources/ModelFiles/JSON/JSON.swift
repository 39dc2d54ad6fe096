/// A value in a JSON document. It keeps what a dictionary would lose: keys by their bytes, the
/// order of members, duplicates, and the text of numbers.
package struct JSON: Sendable {
  package enum Kind: Sendable { case null, bool, number, string, array, object }

  let document: JSONDocument
  /// Where on the document's tape this value is.
  let node: Int

  init(_ document: JSONDocument, _ node: Int) {
    self.document = document
    self.node = node
  }

  /// Parses `bytes`, of which there may be almost 4 GiB; `name` is what errors call them.
  /// - Parameter maximumDepth: how many arrays and objects may be nested (serde_json,
  ///   which reads these files elsewhere, has 128 as well).
  package init(_ bytes: [UInt8], name: String, maximumDepth: Int = 128) throws {
    self.init(try JSONDocument(bytes, name: name, maximumDepth: maximumDepth), 0)
  }

  /// Parses a row of JSON lines, of less than 4 GiB; `name` is what errors about its values call it.
  package init(row bytes: [UInt8], name: String) throws(JSONSyntaxError) {
    self.init(try JSONDocument(parsing: bytes, name: name, maximumDepth: 128), 0)
  }

  /// Reads and parses a file, which errors call by its path.
  /// - Parameters:
  ///   - limit: the most bytes the file may have; the tape is up to 8 times as large.
  ///   - tracking: whether it remembers which members are asked for; see `unasked`.
  package init(
    file path: String, maximumDepth: Int = 128, limit: Int = FileLimit.tokenizer,
    tracking: Bool = false
  ) throws {
    let bytes = try readFile(path, limit: limit)
    self.init(
      try JSONDocument(
        bytes, name: path, maximumDepth: maximumDepth, asked: tracking ? AskedMembers() : nil), 0)
  }

  /// What errors call the document.
  package var name: String { document.name }

  package var kind: Kind { document.kind(of: node) }

  package var isNull: Bool { kind == .null }

  /// The elements of an array, the members of an object; 0 for anything else.
  package var count: Int {
    switch kind {
    case .array, .object: Int(document.tape[node].count)
    default: 0
    }
  }

  /// The member whose key has the same UTF-8 bytes (no canonical equivalence), the last of
  /// several; nil when there is none or this is not an object. Time grows with the members.
  package subscript(_ key: String) -> JSON? {
    guard kind == .object else { return nil }
    var key = key
    let member = key.withUTF8 { document.member(UnsafeRawBufferPointer($0), of: node) }
    if let member { document.asked?.insert(member) }
    return member.map { JSON(document, $0) }
  }

  /// The element at `position`; nil outside and when this is not an array. Time grows with it.
  package subscript(_ position: Int) -> JSON? {
    guard kind == .array, position >= 0, position < count else { return nil }
    var element = node + 1
    for _ in 0..<position { element = document.next(after: element) }
    return JSON(document, element)
  }

  /// A string's bytes with its escapes undone; no copy is made when it has none.
  package func withUTF8<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    guard kind == .string else { throw mismatch("a string") }
    return try document.withString(node, body)
  }

  /// A string's bytes with its escapes undone; `nil` for anything else.
  package var utf8: [UInt8]? { kind == .string ? document.withString(node, Array.init) : nil }

  /// Whether this is a string of the same UTF-8 bytes.
  package func isString(_ text: String) -> Bool {
    kind == .string && document.withString(node) { $0.elementsEqual(text.utf8) }
  }

  /// The value's own text, byte for byte as the file has it.
  package var source: [UInt8] { withSource(Array.init) }

  /// The value's own text, byte for byte as the file has it.
  package func withSource<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try document.bytes.withUnsafeBytes {
      try body(UnsafeRawBufferPointer(rebasing: $0[sourceRange]))
    }
  }

  /// All of the document that the value is in.
  package var documentBytes: [UInt8] { document.bytes }

  /// The bytes of the value's text in the document.
  package var sourceRange: Range<Int> { document.range(of: node) }
}

extension JSON {
  /// The elements of an array in order; none of anything else.
  package var elements: Elements {
    Elements(document: document, node: node + 1, underestimatedCount: kind == .array ? count : 0)
  }

  /// The members of an object in the file's order, duplicates included; none of anything else.
  package var members: Members {
    document.asked?.insertAll(of: node)
    return Members(
      document: document, node: node + 1, underestimatedCount: kind == .object ? count : 0)
  }

  package struct Elements: Sequence, IteratorProtocol, Sendable {
    fileprivate let document: JSONDocument
    fileprivate var node: Int
    /// The elements that are left.
    package fileprivate(set) var underestimatedCount: Int

    package mutating func next() -> JSON? {
      guard underestimatedCount > 0 else { return nil }
      defer { node = document.next(after: node) }
      underestimatedCount -= 1
      return JSON(document, node)
    }
  }

  package struct Members: Sequence, IteratorProtocol, Sendable {
    fileprivate let document: JSONDocument
    fileprivate var node: Int
    /// The members that are left.
    package fileprivate(set) var underestimatedCount: Int

    package mutating func next() -> (key: JSON, value: JSON)? {
      guard underestimatedCount > 0 else { return nil }
      defer { node = document.next(after: node + 1) }
      underestimatedCount -= 1
      return (key: JSON(document, node), value: JSON(document, node + 1))
    }
  }
}

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
  /// - Parameter maximumDepth: how many arrays and objects may lie in each other (serde_json,
  ///   which reads these files elsewhere, has 128 as well).
  package init(_ bytes: [UInt8], name: String, maximumDepth: Int = 128) throws {
    self.init(try JSONDocument(bytes, name: name, maximumDepth: maximumDepth), 0)
  }

  /// Reads and parses a file, which errors call by its path.
  /// - Parameter limit: the most bytes the file may have; the tape is up to 8 times as large.
  package init(
    file path: String, maximumDepth: Int = 128, limit: Int = FileLimit.tokenizer
  ) throws {
    let bytes = try readFile(path, limit: limit)
    try self.init(bytes, name: path, maximumDepth: maximumDepth)
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

  /// The value's own text, byte for byte as the file has it.
  package func withSource<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try document.bytes.withUnsafeBytes {
      try body(UnsafeRawBufferPointer(rebasing: $0[sourceRange]))
    }
  }

  /// Where in the document, in bytes, the value's text lies.
  package var sourceRange: Range<Int> { document.range(of: node) }
}

extension JSON {
  /// The elements of an array in order; none of anything else.
  package var elements: Elements {
    Elements(document: document, first: node + 1, count: kind == .array ? count : 0)
  }

  /// The members of an object in the file's order, duplicates included; none of anything else.
  package var members: Members {
    Members(document: document, first: node + 1, count: kind == .object ? count : 0)
  }

  package struct Elements: Sequence, Sendable {
    fileprivate let document: JSONDocument
    fileprivate let first: Int
    fileprivate let count: Int

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator {
      Iterator(document: document, node: first, remaining: count)
    }

    package struct Iterator: IteratorProtocol {
      fileprivate let document: JSONDocument
      fileprivate var node: Int
      fileprivate var remaining: Int

      package mutating func next() -> JSON? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let element = node
        node = document.next(after: element)
        return JSON(document, element)
      }
    }
  }

  package struct Members: Sequence, Sendable {
    fileprivate let document: JSONDocument
    fileprivate let first: Int
    fileprivate let count: Int

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator {
      Iterator(document: document, node: first, remaining: count)
    }

    package struct Iterator: IteratorProtocol {
      fileprivate let document: JSONDocument
      fileprivate var node: Int
      fileprivate var remaining: Int

      package mutating func next() -> (key: JSON, value: JSON)? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let key = node
        node = document.next(after: key + 1)
        return (key: JSON(document, key), value: JSON(document, key + 1))
      }
    }
  }
}

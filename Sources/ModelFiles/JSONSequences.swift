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

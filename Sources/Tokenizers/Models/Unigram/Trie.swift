import ModelFiles

/// A tree of the pieces' bytes, which finds all pieces at the start of a text, the shortest first.
///
/// It is built breadth first, in time linear in the bytes of the pieces: the children of a node lie
/// side by side.
struct Trie: Sendable {
  /// 12 bytes: what one step looks at lies in one cache line.
  fileprivate struct Node {
    /// The first child or, if `count` is `wide`, the number of a row.
    var first: UInt32 = 0
    /// The piece that ends here; -1 if none.
    var id: Int32 = -1
    /// The last byte of what this node stands for.
    var label: UInt8 = 0
    var count: UInt8 = 0
  }

  /// The `count` of a node whose children are in a row of 256, one for each byte.
  private static let wide: UInt8 = 255
  /// Most nodes have one child or none; looking through eight is as fast as a row.
  private static let mostNarrow = 8
  /// So many nodes are 200 MB. A million pieces have half as many bytes.
  private static let mostBytes = 1 << 24

  private var nodes = [Node()]
  /// Rows of 256, 0 for no child.
  private var rows: [UInt32] = []

  /// - Throws: if the pieces have more than 16 MiB.
  init(_ vocabulary: Vocabulary) throws {
    var pieces = Entries(count: vocabulary.count)
    vocabulary.visit { pieces.append($0, $1) }
    guard pieces.bytes.count <= Self.mostBytes else {
      throw FileError(
        "the pieces of the vocabulary have \(pieces.bytes.count) bytes, at most "
          + "\(Self.mostBytes) are supported")
    }
    var level = [Span(node: 0, range: 0..<pieces.order.count)]
    var depth = 0
    while !level.isEmpty {
      var next: [Span] = []
      for span in level { addChildren(of: span, depth, &pieces, &next) }
      level = next
      depth += 1
    }
  }

  /// A node and the pieces, in `Entries.order`, that begin with what it stands for.
  private struct Span {
    let node: Int
    let range: Range<Int>
  }

  /// All pieces, one after the other, in an order that is refined from depth to depth.
  private struct Entries {
    var bytes: [UInt8] = []
    var starts: [UInt32] = [0]
    var ids: [Int32] = []
    var order: [UInt32] = []
    private var spare: [UInt32] = []

    init(count: Int) {
      starts.reserveCapacity(count + 1)
      ids.reserveCapacity(count)
      order.reserveCapacity(count)
    }

    mutating func append(_ piece: UnsafeRawBufferPointer, _ id: Int32) {
      order.append(UInt32(ids.count))
      bytes.append(contentsOf: piece)
      starts.append(UInt32(truncatingIfNeeded: bytes.count))
      ids.append(id)
    }

    /// The byte of a piece at `depth`, plus 1; 0 at its end.
    func key(_ piece: UInt32, _ depth: Int) -> Int {
      let position = Int(starts[Int(piece)]) + depth
      return position < Int(starts[Int(piece) + 1]) ? Int(bytes[position]) + 1 : 0
    }

    /// Sorts a part of the order by the bytes at `depth`.
    mutating func sort(_ range: Range<Int>, _ depth: Int) {
      if range.count <= 24 {
        for index in range.dropFirst() {
          let piece = order[index]
          let key = key(piece, depth)
          var hole = index
          while hole > range.lowerBound, self.key(order[hole - 1], depth) > key {
            order[hole] = order[hole - 1]
            hole -= 1
          }
          order[hole] = piece
        }
        return
      }
      var offsets = [Int](repeating: 0, count: 258)
      for index in range { offsets[key(order[index], depth) + 1] += 1 }
      for key in 1..<258 { offsets[key] += offsets[key - 1] }
      spare.removeAll(keepingCapacity: true)
      spare.append(contentsOf: order[range])
      for piece in spare {
        let key = key(piece, depth)
        order[range.lowerBound + offsets[key]] = piece
        offsets[key] += 1
      }
    }
  }

  private mutating func addChildren(
    of span: Span, _ depth: Int, _ pieces: inout Entries, _ next: inout [Span]
  ) {
    if span.range.count > 1 { pieces.sort(span.range, depth) }
    let first = nodes.count
    var index = span.range.lowerBound
    while index < span.range.upperBound {
      let key = pieces.key(pieces.order[index], depth)
      let start = index
      repeat {
        index += 1
      } while index < span.range.upperBound
        && pieces.key(pieces.order[index], depth) == key
      if key == 0 {
        // An empty piece is never looked for.
        if depth > 0 { nodes[span.node].id = pieces.ids[Int(pieces.order[start])] }
      } else {
        next.append(Span(node: nodes.count, range: start..<index))
        nodes.append(Node(label: UInt8(key - 1)))
      }
    }
    link(span.node, first..<nodes.count)
  }

  /// Sets the children of a node.
  private mutating func link(_ node: Int, _ children: Range<Int>) {
    if children.count <= Self.mostNarrow {
      nodes[node].first = UInt32(children.lowerBound)
      nodes[node].count = UInt8(children.count)
    } else {
      nodes[node].first = UInt32(rows.count)
      nodes[node].count = Self.wide
      rows.append(contentsOf: repeatElement(0, count: 256))
      for child in children {
        rows[Int(nodes[node].first) + Int(nodes[child].label)] = UInt32(child)
      }
    }
  }

  /// Steps down the tree.
  struct Steps {
    fileprivate let nodes: UnsafeBufferPointer<Node>
    fileprivate let rows: UnsafeBufferPointer<UInt32>

    /// The child of a node at a byte; 0, which is the root, if there is none.
    func callAsFunction(_ node: Int, _ byte: UInt8) -> Int {
      let from = nodes[node]
      if from.count == Trie.wide { return Int(rows[Int(from.first) + Int(byte)]) }
      var child = Int(from.first)
      let end = child + Int(from.count)
      while child < end {
        if nodes[child].label == byte { return child }
        child += 1
      }
      return 0
    }

    /// The piece that ends at a node; -1 if none.
    func id(_ node: Int) -> Int32 { nodes[node].id }
  }

  /// Lends the tree for many steps from its root, 0, on.
  func withSteps<R>(_ body: (Steps) throws -> R) rethrows -> R {
    try nodes.withUnsafeBufferPointer { nodes in
      try rows.withUnsafeBufferPointer { try body(Steps(nodes: nodes, rows: $0)) }
    }
  }
}

package import ModelFiles

/// Pieces and their ids: a hash table over bytes, in four flat arrays.
package struct Vocabulary: Sendable {
  private struct Slot: Sendable {
    var tag: UInt32 = 0
    /// The number of the entry plus 1; 0 where there is none.
    var entry: UInt32 = 0
  }

  /// All pieces, one after the other.
  private var bytes: [UInt8] = []
  /// Where each piece starts, and where the last one ends.
  private var starts: [UInt32] = [0]
  private var ids: [Int32] = []
  /// At least twice as many as entries, a power of two. The upper bits of an entry's tag are its
  /// first slot; it is stored in the first free one from there.
  private var slots: [Slot]
  /// The longest piece, in bytes.
  package private(set) var longest = 0
  package private(set) var largestID: Int32 = -1
  private let entriesByID = EntriesByID()

  /// Pieces in use have at most some hundred bytes, and many of them are shown together.
  private static let longestPiece = 65_536

  /// - Parameter capacity: how many pieces are expected.
  package init(capacity: Int) {
    var size = 16
    while size / 2 < min(capacity, 1 << 29) { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
    starts.reserveCapacity(capacity + 1)
    ids.reserveCapacity(capacity)
  }

  /// Reads an object of pieces and ids; of several entries for the same piece the last counts.
  package init(_ json: JSON) throws {
    self.init(capacity: json.count)
    for (key, value) in try json.object().members {
      let id = try value.tokenID()
      try key.withUTF8 { try insert($0, id: id) }
    }
  }

  /// How many different pieces there are.
  package var count: Int { ids.count }

  /// Adds a piece, or gives the one that is there another id.
  package mutating func insert(_ piece: UnsafeRawBufferPointer, id: Int32) throws {
    largestID = max(largestID, id)
    let tag = PieceHash(piece).tag
    let (found, slot) = search(piece, tag)
    if let found {
      ids[found] = id
      return
    }
    guard piece.count <= Self.longestPiece else {
      throw FileError(
        "a token has \(piece.count) bytes, at most \(Self.longestPiece) are supported; check the "
          + "vocabulary")
    }
    guard piece.count <= Int(UInt32.max) - bytes.count else {
      throw FileError("the tokens of a vocabulary exceed 4 GiB; check the file")
    }
    bytes.append(contentsOf: piece)
    starts.append(UInt32(bytes.count))
    ids.append(id)
    longest = max(longest, piece.count)
    slots[slot] = Slot(tag: tag, entry: UInt32(ids.count))
    guard SlotRun.isShort(around: slot, of: slots.count, { slots[$0].entry != 0 }) else {
      throw FileError("too many tokens of a vocabulary share a hash; check the file")
    }
    if ids.count * 2 > slots.count { grow() }
  }

  /// The id of a piece.
  package func id(of piece: UnsafeRawBufferPointer) -> Int32? {
    id(of: piece, tag: PieceHash(piece).tag)
  }

  /// The id of the longest piece that `text` begins with, and the piece's length. No piece ends
  /// within a scalar.
  package func longestPiece(startingText text: UnsafeRawBufferPointer) -> (id: Int32, length: Int)?
  {
    var length = min(longest, text.count)
    while length > 0, length < text.count, text.isContinuation(at: length) { length -= 1 }
    var hash = PieceHash(UnsafeRawBufferPointer(rebasing: text[..<length]))
    while length > 0 {
      let beginning = UnsafeRawBufferPointer(rebasing: text[..<length])
      if let id = id(of: beginning, tag: hash.tag) { return (id, length) }
      repeat {
        length -= 1
        hash.remove(text[length])
      } while length > 0 && text.isContinuation(at: length)
    }
    return nil
  }

  /// Calls `body` with each piece and its id, in the order of the file.
  package func visit(_ body: (UnsafeRawBufferPointer, Int32) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { all in
      for entry in ids.indices {
        try body(UnsafeRawBufferPointer(rebasing: all[range(of: entry)]), ids[entry])
      }
    }
  }

  /// The pieces with these ids, of several with one id the last. Only the first time takes longer
  /// for more pieces.
  func pieces(of wanted: Set<Int32>) -> [Int32: [UInt8]] {
    let entries = entriesByID.of(ids)
    var pieces: [Int32: [UInt8]] = [:]
    for id in wanted { pieces[id] = entries.entry(of: id, ids).map { Array(bytes[range(of: $0)]) } }
    return pieces
  }

  /// The piece with an id, the last of several. Time grows with the pieces, but for one look it is
  /// less than a table takes to make.
  func piece(of id: Int32) -> [UInt8]? { ids.lastIndex(of: id).map { Array(bytes[range(of: $0)]) } }

  private func range(of entry: Int) -> Range<Int> { Int(starts[entry])..<Int(starts[entry + 1]) }

  private func id(of piece: UnsafeRawBufferPointer, tag: UInt32) -> Int32? {
    search(piece, tag).entry.map { ids[$0] }
  }

  /// The entry of a piece, or the free slot where it would be.
  private func search(
    _ piece: UnsafeRawBufferPointer, _ tag: UInt32
  ) -> (entry: Int?, slot: Int) {
    let mask = slots.count - 1
    var slot = Int(tag >> UInt32(32 - slots.count.trailingZeroBitCount))
    // Half of the slots are free, so one is met.
    while slots[slot].entry != 0 {
      if slots[slot].tag == tag {
        let entry = Int(slots[slot].entry) - 1
        if isEntry(entry, piece) { return (entry, slot) }
      }
      slot = (slot + 1) & mask
    }
    return (nil, slot)
  }

  private func isEntry(_ entry: Int, _ piece: UnsafeRawBufferPointer) -> Bool {
    let range = range(of: entry)
    guard range.count == piece.count else { return false }
    for index in 0..<piece.count where bytes[range.lowerBound + index] != piece[index] {
      return false
    }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    let mask = slots.count - 1
    for entry in old where entry.entry != 0 {
      var slot = Int(entry.tag >> UInt32(32 - slots.count.trailingZeroBitCount))
      while slots[slot].entry != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }
}

extension Vocabulary {
  /// The id of a piece.
  func id(of piece: String) -> Int32? {
    var piece = piece
    return piece.withUTF8 { id(of: UnsafeRawBufferPointer($0)) }
  }

  /// The ids of the pieces `<0x00>` to `<0xFF>`, which stand for bytes; -1 where one is missing.
  var byteIDs: [Int32] {
    (0...255).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return id(of: byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>") ?? -1
    }
  }

  /// Pieces and their indices; of several that are equal the last counts.
  init(pieces: [[UInt8]]) throws {
    self.init(capacity: pieces.count)
    for (id, piece) in pieces.enumerated() {
      try piece.withUnsafeBytes { try insert($0, id: Int32(truncatingIfNeeded: id)) }
    }
  }
}

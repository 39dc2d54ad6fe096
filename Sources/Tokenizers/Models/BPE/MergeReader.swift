import ModelFiles

/// Reads the merges of a BPE model.
struct MergeReader {
  private let vocabulary: Vocabulary
  private let prefixLength: Int
  private var isRegular: Bool
  private var boundaries: MergeBoundaries
  /// The string that a merge makes.
  private var merged: [UInt8] = []

  /// - Parameters:
  ///   - prefixLength: how many bytes of the right piece a merge leaves out.
  ///   - capacity: how many merges there are at most.
  init(_ vocabulary: Vocabulary, prefixLength: Int, capacity: Int) {
    self.vocabulary = vocabulary
    self.prefixLength = prefixLength
    isRegular = Self.hasDistinctIDs(vocabulary)
    boundaries = MergeBoundaries(vocabulary, capacity: capacity)
  }

  /// Each merge is a pair of pieces, or in older files both in one string with a space between.
  /// - Returns: the merges, and where words can be cut before they are merged, if symbols without
  ///   affixes stand for one string each.
  func read(_ json: JSON) throws -> (merging: Merging, boundaries: MergeBoundaries?) {
    try PieceLimit.check(json.count, json.place)
    var reader = self
    var table = MergeTable(capacity: json.count)
    let areLines = json[0]?.kind == .string
    for element in json.elements {
      if areLines {
        try reader.insertLine(element, into: &table)
      } else {
        try reader.insertPair(element, into: &table)
      }
    }
    let merging = Merging(table: table, isRegular: reader.isRegular)
    return (merging, reader.isRegular && prefixLength == 0 ? reader.boundaries : nil)
  }

  private mutating func insertPair(_ json: JSON, into table: inout MergeTable) throws {
    var parts = try json.array().elements.makeIterator()
    guard let left = parts.next(), let right = parts.next(), json.count == 2 else {
      throw FileError("\(json.name): `\(json.path)` has \(json.count) parts, should have two")
    }
    try left.withUTF8 { left in
      try right.withUTF8 { right in try insert(left, right, json, into: &table) }
    }
  }

  /// Passes over a line that says the file's version.
  private mutating func insertLine(_ json: JSON, into table: inout MergeTable) throws {
    try json.withUTF8 { line in
      if line.starts(with: "#version".utf8) { return }
      guard let space = line.firstIndex(of: 0x20), line.lastIndex(of: 0x20) == space else {
        throw FileError(
          "\(json.name): `\(json.path)` is `\(String(decoding: line, as: UTF8.self))`, should be "
            + "two pieces with one space between")
      }
      let left = UnsafeRawBufferPointer(rebasing: line[..<space])
      let right = UnsafeRawBufferPointer(rebasing: line[(space + 1)...])
      try insert(left, right, json, into: &table)
    }
  }

  private mutating func insert(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ json: JSON,
    into table: inout MergeTable
  ) throws {
    let leftID = try id(of: left, json)
    let rightID = try id(of: right, json)
    guard right.count >= prefixLength else {
      throw FileError(
        "\(json.name): `\(json.path)`: `\(String(decoding: right, as: UTF8.self))` is shorter than "
          + "`continuing_subword_prefix`, should begin with it")
    }
    merged.removeAll(keepingCapacity: true)
    merged.append(contentsOf: left)
    merged.append(contentsOf: right[prefixLength...])
    if left.isEmpty || right.count == prefixLength { isRegular = false }
    let mergedID = try merged.withUnsafeBytes { try id(of: $0, json) }
    try table.insert(leftID, rightID, id: mergedID)
    boundaries.insert(left, right)
  }

  private func id(of piece: UnsafeRawBufferPointer, _ json: JSON) throws -> Int32 {
    guard let id = vocabulary.id(of: piece) else {
      throw FileError(
        "\(json.name): `\(json.path)` needs `\(String(decoding: piece, as: UTF8.self))`, which "
          + "is not in `vocab`")
    }
    return id
  }

  /// Whether no two pieces have the same id; false, without a check, where ids are sparse.
  private static func hasDistinctIDs(_ vocabulary: Vocabulary) -> Bool {
    let count = Int(vocabulary.largestID) + 1
    guard count <= 8 * vocabulary.count + 1_024 else { return false }
    var seen = [Bool](repeating: false, count: count)
    var areDistinct = true
    vocabulary.visit { _, id in
      if seen[Int(id)] { areDistinct = false }
      seen[Int(id)] = true
    }
    return areDistinct
  }
}

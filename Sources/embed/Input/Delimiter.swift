import ArgumentParser

/// What is between the cells of a csv file.
enum Delimiter {
  static let comma = UInt8(ascii: ",")
  /// In the order in which they are tried.
  static let known = [comma, UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]

  /// The one that a word of the command line means.
  static func named(_ word: String) throws -> UInt8 {
    if let byte = names[word.lowercased()] { return byte }
    guard word.utf8.count == 1, let byte = word.utf8.first, isOne(byte) else {
      throw ValidationError("a delimiter is one character such as ; or |, or tab")
    }
    return byte
  }

  /// Whether a byte may be between cells: a character that is no quote and ends no line.
  static func isOne(_ byte: UInt8) -> Bool {
    byte < 0x7F && !"\"\r\n\0".utf8.contains(byte)
  }

  private static let names: [String: UInt8] = [
    "tab": UInt8(ascii: "\t"), "\\t": UInt8(ascii: "\t"), "comma": comma,
    "semicolon": UInt8(ascii: ";"), "pipe": UInt8(ascii: "|"), "space": UInt8(ascii: " "),
  ]

  /// As messages name it.
  static func name(_ delimiter: UInt8) -> String {
    switch delimiter {
    case comma: "a comma"
    case UInt8(ascii: "\t"): "a tab"
    default: "`\(Character(UnicodeScalar(delimiter)))`"
    }
  }

  /// The delimiter that a header and the first row show; `nil` if more bytes may tell.
  /// - `bytes`: the file's from its header on.
  /// - `isWhole`: whether they are all that can be had
  static func found(
    in bytes: UnsafeRawBufferPointer, newline: UInt8, isWhole: Bool, _ wanted: WantedFields
  ) -> UInt8? {
    var candidates: [Candidate] = []
    for delimiter in known {
      guard let header = Self.row(bytes, delimiter, newline, isWhole: isWhole) else {
        // A quote may be open for this one only.
        if isWhole || bytes.count > patience { continue }
        return nil
      }
      guard let cells = header.cells else { continue }
      let isNamed = wanted.areNamed(by: cells)
      // A header with commas stays one, whatever else is in its names.
      if delimiter == comma, isNamed { return comma }
      candidates.append(
        .init(delimiter: delimiter, cells: cells.count, isNamed: isNamed, end: header.end))
    }
    for index in candidates.indices {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[candidates[index].end...])
      guard !rest.isEmpty else { continue }
      let isWhole = isWhole || rest.count > patience
      guard let row = row(rest, candidates[index].delimiter, newline, isWhole: isWhole) else {
        if isWhole { continue }
        return nil
      }
      candidates[index].rowCells = row.cells?.count
    }
    if !isWhole, candidates.contains(where: { $0.end == bytes.count }) { return nil }
    return best(candidates, least: wanted.leastColumns)
  }

  // A first row of more bytes than this is not waited for.
  private static let patience = 64 << 10

  /// What one delimiter makes of the header and the first row.
  private struct Candidate {
    let delimiter: UInt8
    let cells: Int
    let isNamed: Bool
    /// The end of the header.
    let end: Int
    /// Those of the first row; `nil` where it is not there or wrong.
    var rowCells: Int?

    /// Where it is among the known ones.
    var order: Int { known.firstIndex(of: delimiter) ?? 0 }

    /// Whether both have the same number of cells, several.
    var isRegular: Bool { cells > 1 && rowCells == cells }
  }

  private static func best(_ candidates: [Candidate], least: Int) -> UInt8 {
    // The first of equals, which is the comma where it is one of them.
    func most(_ chosen: [Candidate]) -> UInt8? {
      chosen.max { $0.cells < $1.cells || $0.cells == $1.cells && $0.order > $1.order }?.delimiter
    }
    let regular = candidates.filter(\.isRegular)
    let named = candidates.filter(\.isNamed)
    if let found = most(named.filter(\.isRegular)) { return found }
    if regular.contains(where: { $0.delimiter == comma && $0.cells >= least }) { return comma }
    return most(named) ?? most(regular.filter { $0.cells >= least }) ?? most(regular)
      ?? candidates.first { $0.delimiter == comma && $0.cells > 1 }?.delimiter
      ?? most(candidates) ?? comma
  }

  /// The first row that is not empty; `cells` is `nil` where quotes are wrong in it.
  /// - Returns: `nil` where its end is not there
  private static func row(
    _ bytes: UnsafeRawBufferPointer, _ delimiter: UInt8, _ newline: UInt8, isWhole: Bool
  ) -> (cells: Cells?, end: Int)? {
    var start = 0
    while start < bytes.count, bytes[start] == newline || bytes[start] == 0x0D { start += 1 }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
    var scanner = CSVScanner(delimiter: delimiter, newline: newline)
    let found = scanner.find(in: rest)
    guard found != nil || isWhole else { return nil }
    let end = found ?? rest.count
    var content = Array(rest[..<end])
    if content.last == 0x0D { content.removeLast() }
    let report = scanner.report
    let isRight = report.openQuote == nil && report.strayText == nil
    return (
      isRight ? Cells(quoted: content, delimiter: delimiter) : nil,
      start + min(end + 1, rest.count)
    )
  }
}

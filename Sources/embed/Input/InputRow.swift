/// One row of the input: the fields that were asked for, and what it takes to write the row again.
struct InputRow: Sendable, Equatable {
  /// Valid UTF-8, in the order in which they were asked for; or why there are none.
  let fields: Result<[[UInt8]], RowProblem>
  let source: SourceRow
  let location: RowLocation

  /// The first field; `nil` for a row that cannot be read.
  var text: [UInt8]? {
    if case .success(let fields) = fields { fields.first } else { nil }
  }

  /// The first field, or else what is wrong with the row.
  func requiredText() throws(RowProblem) -> [UInt8] { try fields.get()[0] }

  /// What is wrong with the row, for the message that ends the run or for the output's `error`.
  var problem: RowProblem? {
    if case .failure(let problem) = fields { problem } else { nil }
  }

  /// The same row, given up for a reason found later (a text over the limit, say).
  func failing(_ reason: String) -> InputRow {
    InputRow(fields: .failure(RowProblem(location, reason)), source: source, location: location)
  }

  /// The bytes that the row keeps in memory, so that a window of rows can be bounded.
  var byteCount: Int {
    let kept =
      switch source {
      case .line, .nothing, .file, .members: 0
      case .object(let object): object.bytes.count
      case .record(let record): record.byteCount
      }
    guard case .success(let fields) = fields else { return kept }
    return fields.reduce(kept) { $0 + $1.count }
  }
}

/// Where a row begins in the input.
struct RowLocation: Sendable, Equatable, CustomStringConvertible {
  let file: String
  /// Physical lines, from 1.
  let line: Int
  /// Which element of a JSON array it is, from 1.
  var element: Int? = nil

  var description: String {
    "\(file), " + (element.map { "element \($0), " } ?? "") + "line \(line)"
  }

  /// Another line of the same row.
  func onLine(_ line: Int) -> RowLocation {
    RowLocation(file: file, line: line, element: element)
  }
}

/// Why a row cannot be read, and where it is.
struct RowProblem: Error, Equatable, CustomStringConvertible {
  let location: RowLocation
  let reason: String

  init(_ location: RowLocation, _ reason: String) {
    (self.location, self.reason) = (location, reason)
  }

  var description: String { "\(location): \(reason)" }
}

import ModelFiles

/// Where a row's text is: a field or column, several between commas, or a field of an object in an
/// object after a point. A name that has commas and points itself comes first.
struct FieldNames: Sendable, Equatable {
  /// As the user wrote it.
  let text: String
  /// What is between the commas.
  let parts: [String]
  private let hasPoints: Bool

  static let standard = FieldNames("text")

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0.drop { $0 == " " }) }
    self.parts = parts.contains("") ? [text] : parts
    hasPoints = text.contains(".")
  }

  /// The columns of a table that make the text; `nil` for one that is not there, which is named.
  func columns(of header: Cells) -> (columns: [[Int]], missing: String?) {
    func named(_ name: String) -> [Int] {
      (0..<header.count).filter { header[$0].elementsEqual(name.utf8) }
    }
    let whole = named(text)
    if !whole.isEmpty { return ([whole], nil) }
    let columns = parts.map(named)
    return (columns, zip(parts, columns).first { $1.isEmpty }?.0)
  }

  /// The text of an object: its fields with line feeds between them.
  func text(of object: JSON, _ location: RowLocation) throws(RowProblem) -> [UInt8] {
    if let value = object[text] { return try string(value, text, location) }
    guard parts.count > 1 else { return try field(parts[0], of: object, location) }
    var joined: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index > 0 { joined.append(UInt8(ascii: "\n")) }
      joined += try field(part, of: object, location)
    }
    return joined
  }

  private func field(
    _ name: String, of object: JSON, _ location: RowLocation
  ) throws(RowProblem) -> [UInt8] {
    if let value = object[name] { return try string(value, name, location) }
    guard name.contains(".") else { throw object.missing(name, location, "--field") }
    var (inner, path) = (object, "")
    for step in name.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
      guard inner.kind == .object else {
        throw RowProblem(
          location, "no `\(name)`: `\(path)` is \(inner.found), should be an object")
      }
      guard let value = inner[step] else {
        if path.isEmpty { throw object.missing(name, location, "--field") }
        let names = inner.memberNames
        throw RowProblem(
          location,
          "no `\(name)`: `\(path)` has " + (names.isEmpty ? "no fields" : listed(names))
            + "; name one with --field")
      }
      path += path.isEmpty ? step : "." + step
      inner = value
    }
    return try string(inner, name, location)
  }

  private func string(
    _ value: JSON, _ name: String, _ location: RowLocation
  ) throws(RowProblem) -> [UInt8] {
    guard let bytes = value.utf8 else {
      throw RowProblem(location, "`\(name)` is \(value.found), should be a string")
    }
    return bytes
  }

  /// The objects inside an object that have parts of the text, and the names of those.
  func innerFields(of object: JSON) -> [(parent: JSON, name: String)] {
    guard hasPoints, object[text] == nil else { return [] }
    return parts.compactMap { part in
      guard part.contains("."), object[part] == nil else { return nil }
      let steps = part.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      var inner: JSON? = object
      for step in steps.dropLast() { inner = inner?[step] }
      return inner.map { ($0, steps.last ?? "") }
    }
  }

  /// Whether a field or column of this name is a part of the text.
  func isPart(_ isName: (String) -> Bool) -> Bool {
    isName(text) || parts.count > 1 && parts.contains(where: isName)
  }
}

extension JSON {
  /// The names of an object's members.
  var memberNames: [String] {
    members.compactMap(\.key.utf8).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What is wrong with an object that has no field of this name.
  /// - Parameter option: the one that names fields
  func missing(_ field: String, _ location: RowLocation, _ option: String) -> RowProblem {
    let names = memberNames
    return RowProblem(
      location,
      names.isEmpty
        ? "no `\(field)` in an empty object; add it, or leave the row out"
        : "no `\(field)`; the object has \(listed(names)); name one with \(option)")
  }

  /// The same where nothing but these fields will do.
  /// - Parameter wanted: all that the object should have, for people
  func missing(_ field: String, _ location: RowLocation, of wanted: String) -> RowProblem {
    let names = memberNames
    return RowProblem(
      location,
      "no `\(field)`; the object has \(names.isEmpty ? "no members" : listed(names)), should have "
        + wanted)
  }
}

/// What is to be read from each row.
enum WantedFields: Sendable {
  case text(FieldNames)
  case columns(ColumnNames)
  /// Two texts, and the row so that it can be written again.
  case pairs(ColumnNames)
  /// A query and the documents to rank for it.
  case lists
  /// A query, its relevant documents and others.
  case rankings
  /// Query, document and score.
  case judgements
  /// All there is, of a table that may have columns of these names.
  case everything([String])

  /// Whether a header names them: the text, or one of the columns.
  func areNamed(by header: Cells) -> Bool {
    switch self {
    case .text(let names): names.columns(of: header).missing == nil
    case .lists, .rankings: false
    case .columns(let columns), .pairs(let columns):
      (0..<header.count).contains { cell in
        columns.names.contains { header[cell].elementsEqual($0.utf8) }
      }
    case .judgements: JudgementDecoder.isHeader(header)
    case .everything(let names):
      (0..<header.count).contains { cell in names.contains { header[cell].elementsEqual($0.utf8) } }
    }
  }

  /// How many columns a table has at least.
  var leastColumns: Int {
    switch self {
    case .text, .lists, .rankings: 1
    case .columns(let columns), .pairs(let columns): columns.names.count
    case .judgements, .everything: 2
    }
  }

  /// What makes rows of a file.
  func decoder(_ format: InputFormat, _ layout: Layout, file: String) -> any RowDecoder {
    switch self {
    case .text(let names): TextDecoder(format, layout, field: names, file: file)
    case .columns(let columns): ColumnDecoder(format, layout, columns: columns, file: file)
    case .pairs(let columns): PairDecoder(format, layout, columns: columns, file: file)
    case .lists: ListDecoder(layout, file: file)
    case .rankings: RankingDecoder(layout, file: file)
    case .judgements: JudgementDecoder(format, layout, file: file)
    case .everything: TableDecoder(format, layout, file: file)
    }
  }
}

import ModelFiles

/// What was said of the columns of a file.
struct ColumnRequest: Sendable, Equatable {
  /// Those of texts, in their order; `nil` for all that are.
  var texts: [String]?
  var label = Label.automatic
  /// Whether columns whose names say nothing are no texts where others' names do.
  var ignoresUnknown = false
  /// Whether a column of lists of texts is one of texts, where labels are lists as well.
  var takesLists = false
  /// Whether rows may lack texts that others have, as translations of the first one.
  var mayLackTexts = false

  enum Label: Sendable, Equatable {
    /// One that is called so.
    case automatic
    case none
    case named(String)
  }

  /// All names that are said.
  var names: [String] {
    guard case .named(let label) = label else { return texts ?? [] }
    return (texts ?? []) + [label]
  }
}

/// Which columns of a file are texts and which is the label, as its first rows show.
struct ColumnChoice {
  /// The columns of texts, in the order in which they count.
  private(set) var texts: [String]
  let label: String?
  /// What the label's cells are.
  let labelKind: CellKind
  /// Whether the first row names the columns; `nil` for objects.
  let hasHeader: Bool?
  /// What a user should know of it.
  private(set) var notices: [String] = []

  /// The names of all columns; of an object those of its members.
  private let names: [String]
  private var textIndices: [Int]
  /// The columns of texts that have a list of them in each row.
  private(set) var lists: Set<String> = []
  private let labelIndex: Int?
  private let mayLackTexts: Bool

  /// - Parameters:
  ///   - head: the first rows of the file, one at least
  ///   - file: as messages name it
  init(_ head: [TableRow], _ request: ColumnRequest, file: String) throws {
    let table = try HeadTable(head, request, file: file)
    mayLackTexts = request.mayLackTexts
    names = table.names
    hasHeader = head[0].names == nil ? table.hasHeader : nil
    let labelIndex = try Self.label(table, request)
    let chosen = request.texts != nil
    let indices =
      try request.texts?.map { try table.index(of: $0) }
      ?? Self.texts(table, but: labelIndex, request)
    (textIndices, texts) = (indices, indices.map { table.names[$0] })
    lists = Set(
      request.takesLists ? indices.filter { table.kinds[$0] == .texts }.map { table.names[$0] } : []
    )
    label = labelIndex.map { table.names[$0] }
    labelKind = labelIndex.map { table.kinds[$0] } ?? .empty
    self.labelIndex = labelIndex
    if hasHeader == false {
      notices.append("\(file): has no header; its columns are taken as \(listed(names))")
    }
    if !chosen { putInOrder(file) }
    if !chosen, !request.ignoresUnknown { noteOdd(table, file) }
    try check(table, file, chosen: chosen)
  }

  /// The columns of texts, where none are said.
  private static func texts(
    _ table: HeadTable, but label: Int?, _ request: ColumnRequest
  ) -> [Int] {
    let hasLists = request.takesLists && label.map { table.kinds[$0] == .list } ?? false
    let all = table.names.indices.filter {
      label != $0 && (table.kinds[$0] == .text || hasLists && table.kinds[$0] == .texts)
    }
    if hasLists { return all }
    let known = all.filter { ColumnNaming.role(table.names[$0]) != nil }
    return request.ignoresUnknown && known.count > 1 ? known : all
  }

  /// The label's column: as it is said, else the first that is called so, else one of lists.
  private static func label(_ table: HeadTable, _ request: ColumnRequest) throws -> Int? {
    switch request.label {
    case .none: return nil
    case .named(let name): return try table.index(of: name)
    case .automatic:
      let free = table.names.indices.filter { request.texts?.contains(table.names[$0]) != true }
      let named = ColumnNaming.labels.lazy.compactMap { name in
        free.first { table.names[$0].lowercased() == name }
      }
      if let first = named.first { return first }
      let lists = free.filter { table.kinds[$0] == .list }
      return lists.count == 1 ? lists[0] : nil
    }
  }

  private mutating func putInOrder(_ file: String) {
    guard let ordered = ColumnNaming.ordered(texts) else { return }
    notices.append(
      "\(file): its columns \(listed(texts)) are taken in the order \(listed(ordered)); --columns "
        + texts.joined(separator: ",") + " keeps theirs")
    textIndices = ordered.compactMap { name in names.firstIndex(of: name) }
    texts = ordered
  }

  private mutating func noteOdd(_ table: HeadTable, _ file: String) {
    let marks = texts.filter(ColumnNaming.isMark)
    if let first = marks.first {
      let rest = texts.filter { !marks.contains($0) }
      notices.append(
        "\(file): column `\(first)` is taken as texts; if it is none, say --columns "
          + rest.joined(separator: ","))
    }
    let unused = names.indices.filter { index in
      index != labelIndex && !textIndices.contains(index) && table.kinds[index] != .empty
    }
    guard !unused.isEmpty else { return }
    notices.append("\(file): not used, as no texts: \(listed(unused.map { names[$0] }))")
  }

  private func check(_ table: HeadTable, _ file: String, chosen: Bool) throws {
    guard Set(texts + (label.map { [$0] } ?? [])).count == texts.count + (label == nil ? 0 : 1)
    else {
      throw FileError(
        "\(file): a column is named twice among \(listed(texts + (label.map { [$0] } ?? []))); "
          + "--columns and --label take different ones")
    }
    if chosen, let label, let labelIndex, [.text, .other].contains(table.kinds[labelIndex]),
      let index = textIndices.first(where: { [.number, .list].contains(table.kinds[$0]) })
    {
      throw FileError(
        "\(file): column `\(names[index])` has "
          + "\(table.kinds[index] == .number ? "numbers" : "lists") "
          + "and `\(label)` texts; --columns takes columns of texts, --label that of labels: are they "
          + "exchanged?")
    }
    if chosen, let label, ColumnNaming.role(label) != nil,
      let odd = texts.first(where: { ColumnNaming.labels.contains($0.lowercased()) })
    {
      throw FileError(
        "\(file): `\(odd)` is named as texts and `\(label)` as labels; --columns takes columns of "
          + "texts, --label that of labels: are they exchanged?")
    }
    guard !texts.isEmpty else {
      if let label, let labelIndex, table.kinds[labelIndex] == .text,
        let other = names.indices.first(where: { [.number, .list].contains(table.kinds[$0]) })
      {
        throw FileError(
          "\(file): column `\(label)` has texts and `\(names[other])` "
            + "\(table.kinds[other] == .number ? "numbers" : "lists"), but `\(label)` is named as labels; "
            + "are they exchanged? Say --label \(names[other])")
      }
      throw FileError(
        "\(file): no column has texts, of \(listed(names)); name them with --columns")
    }
  }

  /// The texts and the label of a row.
  func picked(_ row: TableRow) throws -> (texts: [[UInt8]], label: TableRow.Cell?) {
    if row.names == nil, row.cells.count != names.count,
      !mayLackTexts || row.cells.count > names.count
    {
      let found = row.cells.count == 1 ? "1 cell" : "\(row.cells.count) cells"
      throw RowProblem(
        row.location,
        "\(found), \(hasHeader == true ? "the header has" : "the first row has") \(names.count); "
          + "quote cells that contain what is between cells")
    }
    let texts = try zip(self.texts, textIndices).map { name, index -> [UInt8] in
      let cell = try cell(row, name, index)
      if mayLackTexts, cell.kind == .empty { return [] }
      let isRight =
        lists.contains(name) ? cell.kind == .texts : cell.kind == .text || cell.kind == .number
      if row.names != nil, !isRight {
        throw RowProblem(
          row.location,
          "`\(name)` is \(cell.kind.found), should be a "
            + (lists.contains(name) ? "list of strings, one at least" : "string"))
      }
      return cell.bytes
    }
    return (texts, try labelIndex.map { try cell(row, names[$0], $0) })
  }

  private func cell(_ row: TableRow, _ name: String, _ index: Int) throws -> TableRow.Cell {
    if row.names == nil {
      return row.cells.indices.contains(index) ? row.cells[index] : (.empty, [])
    }
    guard let cell = row.member(name) else {
      if mayLackTexts { return (.empty, []) }
      throw RowProblem(
        row.location,
        "no `\(name)`; the object has \(listed(row.listing)); name columns with --columns and "
          + "--label"
      )
    }
    return cell
  }
}

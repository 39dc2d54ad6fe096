import ModelFiles

/// Texts and beside them their translations, of which a row may lack some: what a teacher's vectors
/// are learned of. The first column is what the teacher reads.
struct TranslationRows {
  /// The columns of the first file.
  private(set) var names: [String] = []
  /// Whether all files have these.
  private var areNamedAlike = true
  /// By columns; a text that a row lacks is empty.
  private var texts: [[[UInt8]]] = []
  private var notices: [String] = []
  private var files: [(name: String, first: Int)] = []
  private var lines: [Int32] = []

  /// Reads tables, each with columns of its own.
  init(_ paths: [String], as format: TextFormat, _ request: ColumnRequest) throws {
    var request = request
    request.mayLackTexts = true
    for path in paths {
      guard var file = try TableFile(path, as: format, request) else { continue }
      take(file.choice.texts, file.choice.notices, file.name)
      while let rows = try file.rows() {
        try MemoryBound.check(
          rows.byteCount, for: "\(file.name): holding \(lines.count) rows and more")
        for row in rows { append(try file.choice.picked(row).texts, row.location.line) }
      }
    }
  }

  /// Reads plain files, line by line.
  /// - Throws: where one has fewer lines than another
  init(
    parallel paths: [String], as format: TextFormat, _ request: ColumnRequest
  ) throws {
    let names = request.texts ?? ColumnNaming.translations(paths.count)
    guard paths.count > 1, names.count == paths.count else {
      throw FileError(
        "--parallel takes two files or more, the first of what the others are translations of"
          + (paths.count > 1 ? "; --columns names one for each" : ""))
    }
    take(names, [], paths[0])
    texts = try paths.map { path in
      var lines = TextFormat(format: .lines)
      lines.encoding = format.encoding
      var reader = try RowReader([path], as: lines)
      return try reader.allTexts()
    }
    let counts = texts.map(\.count)
    guard let least = counts.min(), let most = counts.max(),
      let short = counts.firstIndex(of: least), let long = counts.firstIndex(of: most)
    else { return }
    guard least == most else {
      throw FileError(
        "\(paths[short]) ends with line \(least), but \(paths[long]) has a line \(least + 1), and "
          + "\(most) in all; line n of parallel files should be the same text in each")
    }
    lines = (0..<most).map { Int32(clamping: $0 + 1) }
  }

  private mutating func take(_ columns: [String], _ notices: [String], _ name: String) {
    if files.isEmpty { names = columns }
    areNamedAlike = areNamedAlike && columns == names
    self.notices += notices
    files.append((name, lines.count))
  }

  private mutating func append(_ row: [[UInt8]], _ line: Int) {
    while texts.count < row.count { texts.append(lines.map { _ in [] }) }
    for column in texts.indices {
      texts[column].append(row.indices.contains(column) ? row[column] : [])
    }
    lines.append(Int32(clamping: line))
  }
}

extension TranslationRows {
  /// The rows as they are, where each has all that another has; else each source with each of its
  /// translations, as a row of two texts.
  /// - Parameter isTaught: whether a text that is empty is one that a row lacks
  func table(isTaught: Bool) throws -> TrainingTable {
    let columns = TrainingTable.Columns(asked: areNamedAlike ? names : nil, names, texts)
    let missing = texts.dropFirst().reduce(0) { $0 + $1.count(where: \.isEmpty) }
    guard isTaught, texts.count > 1, missing > 0 || !areNamedAlike || texts[0].contains([]) else {
      return TrainingTable(columns, notices, files, lines)
    }
    var (sources, targets) = ([[UInt8]](), [[UInt8]]())
    var (ends, own): ([Int32], [Int]) = ([], [0])
    for (row, source) in texts[0].enumerated() {
      for column in texts.dropFirst() where !source.isEmpty && !column[row].isEmpty {
        sources.append(source)
        targets.append(column[row])
        ends.append(lines[row])
      }
      own.append(sources.count)
    }
    let isPair = areNamedAlike && names.count == 2
    return TrainingTable(
      .init(
        asked: columns.asked, isPair ? names : ColumnNaming.translations(2), [sources, targets]),
      notices + lost(missing, pairs: isPair ? nil : sources.count),
      files.map { ($0.name, own[$0.first]) }, ends)
  }

  /// What is said of texts that are not there.
  private func lost(_ missing: Int, pairs: Int?) -> [String] {
    let table = TrainingTable(.init(asked: nil, names, texts), [], files, lines)
    var said: [String] = []
    if let row = texts[0].firstIndex(where: \.isEmpty) {
      let count = texts[0].count(where: \.isEmpty)
      said.append(
        "\(grouped(count)) \(count == 1 ? "row" : "rows") without a source left out, the first in "
          + table.place(row))
    }
    if missing > 0,
      let row = texts[0].indices.first(where: { row in
        texts.dropFirst().contains { $0[row].isEmpty }
      })
    {
      said.append(
        "\(grouped(missing)) missing or empty \(missing == 1 ? "translation" : "translations") left out, "
          + "the first in \(table.place(row))")
    }
    if let pairs {
      said.append("each source is taken with each of its translations: \(grouped(pairs)) pairs")
    }
    return said
  }
}

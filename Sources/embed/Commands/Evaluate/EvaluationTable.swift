import ArgumentParser
import Embeddings
import ModelFiles
import Tensors
import Vectors

/// The rows of a table that is evaluated, all at once.
struct EvaluationTable {
  typealias Row = (fields: [[UInt8]], location: RowLocation)

  let columns: [String]
  let rows: [Row]

  /// - Throws: for a row that cannot be read, and without any row
  init(_ path: String, as format: TextFormat, columns: ColumnNames) throws {
    try self.init(path, columns.names, RowReader(table: path, as: format, columns: columns))
  }

  /// Reads judgements, whose third column is their scores.
  init(judgements path: String, as format: TextFormat) throws {
    try self.init(path, JudgementDecoder.columns, RowReader(judgements: path, as: format))
  }

  private init(_ path: String, _ columns: [String], _ reader: RowReader) throws {
    var (reader, rows) = (reader, [Row]())
    while let window = try reader.window() {
      rows += try window.map { (try $0.fields.get(), $0.location) }
    }
    guard !rows.isEmpty else {
      throw FileError("\(InputFile.name(path)) has no rows of \(columns.joined(separator: ", "))")
    }
    (self.columns, self.rows) = (columns, rows)
  }

  private init(columns: [String], rows: [Row]) { (self.columns, self.rows) = (columns, rows) }

  /// The rows with these indices, in this order.
  func picked(_ indices: [Int]) -> EvaluationTable {
    EvaluationTable(columns: columns, rows: indices.map { rows[$0] })
  }

  /// The fields of one column.
  func fields(_ column: Int) -> [[UInt8]] { rows.map { $0.fields[column] } }

  /// The fields of one column as numbers.
  func numbers(_ column: Int) throws -> [Double] {
    try rows.map { row in
      guard let value = Double(decimal: row.fields[column]) else {
        let text = String(decoding: row.fields[column], as: UTF8.self)
        throw RowProblem(
          row.location,
          "\(columns[column]) is `\(text.prefix(40))`, should be a number such as 2.5")
      }
      return value
    }
  }

  /// The vectors of one column's texts; each distinct text goes through the model once.
  func vectors(
    _ column: Int, _ embedder: Embedder, _ route: Route, _ messages: Messages
  ) throws -> Matrix {
    var indices: [[UInt8]: Int] = [:]
    // The first row of each distinct text.
    var first: [Int] = []
    let picked = rows.indices.map { row in
      let index = indices[rows[row].fields[column], default: first.count]
      if index == first.count {
        indices[rows[row].fields[column]] = index
        first.append(row)
      }
      return index
    }
    guard !first.isEmpty else { return Matrix(columns: embedder.dimension, []) }
    // Those of distinct texts in parts and together, then one for each row.
    try MemoryBound.check(
      2 * first.count + rows.count, embedder.dimension, 4,
      for: "embedding the \(rows.count) texts of `\(columns[column])`")
    var parts: [Tensor] = []
    var cut = 0
    let size = min(4096, WindowSize(dimension: embedder.dimension).mostRows)
    for start in stride(from: 0, to: first.count, by: size) {
      let part = first[start..<min(start + size, first.count)].map { rows[$0] }
      let made = try embedder.finiteVectors(of: part.map { $0.fields[column] }, route) {
        "\(part[$0].location)"
      }
      parts.append(made.vectors.tensor)
      cut += made.cut
    }
    messages.noteCut(cut, of: route)
    return Matrix(Tensor.stacked(parts)).picked(picked)
  }
}

/// Texts with ids, in the order of their ids: among equal scores that is the order of hits. Ids are
/// bytes, so that only the same ones are equal, as in Python.
struct NamedTexts {
  let ids: [[UInt8]]
  /// Ids and texts.
  let table: EvaluationTable
  /// The row of each id.
  let rows: [[UInt8]: Int]
  /// The rows of the file, in the order of the ids.
  private let order: [Int]

  /// - Parameter keeping: whether a text of that id is wanted
  init(
    _ path: String, columns: NamedTextColumns, keeping: ([UInt8]) -> Bool = { _ in true }
  ) throws {
    let table = try columns.table(path)
    let names = table.fields(0)
    var seen: [[UInt8]: Int] = [:]
    for (row, name) in names.enumerated() {
      if let before = seen.updateValue(row, forKey: name) {
        throw RowProblem(
          table.rows[row].location,
          "the id `\(String(decoding: name, as: UTF8.self).prefix(40))` is that of \(table.rows[before].location) as well; ids must "
            + "differ")
      }
    }
    order = names.indices.filter { keeping(names[$0]) }
      // The order of code points, by which Python compares strings.
      .sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
    ids = order.map { names[$0] }
    self.table = table.picked(order)
    rows = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
  }

  /// What a model makes of the texts.
  func results(_ model: VectorModel, _ route: Route, _ messages: Messages) throws -> Results {
    try table.results(1, model, route, messages)
  }

  /// What a model made of all texts of the file before, in the order of the ids.
  /// - Returns: these, and what becomes of the queries' vectors
  /// - Throws: where the vectors are not of these texts, or of another model
  func results(
    stored path: String, _ model: VectorModel, _ route: Route, _ options: ModelOptions
  ) throws -> (Results, VectorTreatment) {
    let stored = try StoredVectors(path, kind: model.kind)
    var texts = [[UInt8]](repeating: [], count: order.count)
    for (text, row) in zip(table.fields(1), order) { texts[row] = text }
    let treatment = try stored.treatment(path, by: model, route, options, texts: texts)
    return try (stored.results(path).picked(order), treatment)
  }
}

/// The columns of texts with ids.
struct NamedTextColumns: ParsableArguments {
  @Option(help: ArgumentHelp("Take ids from this column (default: id, or _id).", valueName: "NAME"))
  var id: String?

  @Option(help: ArgumentHelp("Take texts from this column.", valueName: "NAME"))
  var field: String = "text"

  @OptionGroup var texts: TableFormatOptions

  func validate() throws {
    if (id ?? "id") == field {
      throw ValidationError("--id and --field must be different columns")
    }
  }

  var format: TextFormat { texts.format }

  /// Reads the ids and texts of a file.
  func table(_ path: String) throws -> EvaluationTable {
    // BEIR's files call it `_id`.
    let names = ColumnNames(
      [id ?? "id", field], areGiven: id != nil || field != "text",
      others: id == nil ? ["id": "_id"] : [:])
    return try EvaluationTable(path, as: format, columns: names)
  }
}

import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// Texts with ids, in the order of their ids: among equal scores that is the order of hits.
struct NamedTexts {
  let ids: [String]
  let vectors: Matrix
  /// The row of each id.
  let rows: [String: Int]

  /// - Parameter keeping: whether a text of that id is wanted
  init(
    _ path: String, columns: NamedTextColumns, _ embedder: Embedder, _ route: Route,
    _ messages: Messages, keeping: (String) -> Bool = { _ in true }
  ) throws {
    let table = try EvaluationTable(path, columns: columns.names)
    let names = table.strings(0)
    var seen: [String: Int] = [:]
    for (row, name) in names.enumerated() {
      if let before = seen.updateValue(row, forKey: name) {
        throw RowProblem(
          table.rows[row].location,
          "the id `\(name.prefix(40))` is that of \(table.rows[before].location) as well; ids must "
            + "differ")
      }
    }
    let order = names.indices.filter { keeping(names[$0]) }
      // By code points, as Python compares strings.
      .sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
    ids = order.map { names[$0] }
    vectors = try table.picked(order).vectors(1, embedder, route, messages)
    rows = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
  }
}

/// The columns of texts with ids.
struct NamedTextColumns: ParsableArguments {
  @Option(help: ArgumentHelp("Take ids from this column.", valueName: "NAME"))
  var id: String = "id"

  @Option(help: ArgumentHelp("Take texts from this column.", valueName: "NAME"))
  var field: String = "text"

  func validate() throws {
    if id == field { throw ValidationError("--id and --field must be different columns") }
  }

  var names: ColumnNames { .init([id, field], areGiven: id != "id" || field != "text") }
}

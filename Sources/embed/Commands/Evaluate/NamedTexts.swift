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
    _ path: String, columns: ColumnNames, _ embedder: Embedder, _ prompt: Route,
    _ messages: Messages, keeping: (String) -> Bool = { _ in true }
  ) throws {
    let table = try RecordedTexts(path, columns: columns)
    let names = table.strings(0)
    var seen: [String: Int] = [:]
    for (row, name) in names.enumerated() {
      if let before = seen.updateValue(row, forKey: name) {
        throw FileError(
          "\(table.records[row].place): the id `\(name.prefix(40))` is that of "
            + "\(table.records[before].place) as well; ids must differ")
      }
    }
    let order = names.indices.filter { keeping(names[$0]) }
      // By code points, as Python compares strings.
      .sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
    let wanted = RecordedTexts(order.map { table.records[$0] })
    ids = order.map { names[$0] }
    vectors = try wanted.vectors(1, embedder, prompt, messages)
    rows = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
  }
}

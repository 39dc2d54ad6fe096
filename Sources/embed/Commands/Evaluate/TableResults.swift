import Embeddings
import ModelFiles
import Vectors

extension EvaluationTable {
  /// What a model of any kind makes of one column's texts.
  func results(
    _ column: Int, _ model: VectorModel, _ route: Route, _ messages: Messages
  ) throws -> Results {
    if case .dense(let embedder) = model {
      return .rows(try vectors(column, embedder, route, messages))
    }
    var (parts, held, cut) = ([Results](), 0, 0)
    let size = min(4096, WindowSize(dimension: model.numbers(route)).mostRows)
    for start in stride(from: 0, to: rows.count, by: size) {
      let part = Array(rows[start..<min(start + size, rows.count)])
      let made = try model.finiteResults(of: part.map { $0.fields[column] }, by: route) {
        "\(part[$0].location)"
      }
      parts.append(made.results)
      held += made.results.numberCount
      cut += made.cut
      // Those of parts, and then all together; of a sparse row each number has its index.
      try MemoryBound.check(
        2 * held, 8, for: "embedding the \(rows.count) texts of `\(columns[column])`")
    }
    messages.noteCut(cut, of: route)
    return Results(joining: parts, columns: model.width, model.kind)
  }
}

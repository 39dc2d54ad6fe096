package import Embeddings
import ModelFiles
import Tokenizers

/// How the texts of a set become tokens: each column's for itself, or as pairs of queries and
/// documents.
package enum SetReading: Sendable {
  /// The way of each column's texts.
  case texts(TrainingSet, [Route])
  case pairs(TrainingSet, PairRoute)

  init(_ objective: Objective, _ model: TextModel) throws {
    guard objective.loss is any PairLoss else {
      self = .texts(
        objective.set, try objective.prompts.map { try model.route(prompt: $0) })
      return
    }
    self = .pairs(
      objective.set, try model.pairRoute(prompt: objective.prompts.first ?? ""))
  }

  /// How many tokens of each text of a column come from the prompt; none of a pair's count as such.
  func promptTokens(columns: Int) -> [Int] {
    switch self {
    case .texts(_, let routes): routes.map(\.promptTokens)
    case .pairs: [Int](repeating: 0, count: columns)
    }
  }

  /// The tokens of some rows, column by column, or for each row those of its pairs.
  func encodings(
    _ rows: [Int], _ loss: any Loss, drawn: [Double], _ model: TextModel
  ) throws -> [[Encoding]] {
    switch self {
    case .texts(let set, let routes):
      return try zip(set.columns, routes).map { column, route in
        try model.encodings(of: rows.map { column.texts[$0] }, by: route) { index in
          "\(set.place(rows[index])), \(column.name)"
        }
      }
    case .pairs(let set, let route):
      guard let loss = loss as? any PairLoss else { preconditionFailure("a loss without pairs") }
      let documents = rows.map { set.documents(of: $0) }
      let wanted = loss.documents(documents.map(\.count), drawn: drawn)
      let pairs = wanted.enumerated().flatMap { row, wanted in
        wanted.map { (row: row, query: set.columns[0].texts[rows[row]], document: documents[$0]) }
      }
      let found = try model.encodings(of: pairs.map { ($0.query, $0.document) }, by: route) {
        set.place(rows[pairs[$0].row])
      }
      var rest = found[...]
      return wanted.map { wanted in
        defer { rest = rest.dropFirst(wanted.count) }
        return rest.prefix(wanted.count).map(\.encoding)
      }
    }
  }
}

extension [[[UInt8]]] {
  fileprivate subscript(_ document: RowDocument) -> [UInt8] { self[document.row][document.place] }
}

import ModelFiles
import Tensors
import Training

extension TrainingSet {
  /// Some of the rows, in this order.
  func picked(_ rows: [Int]) -> TrainingSet {
    let place = self.place
    let labels: Labels =
      switch self.labels {
      case .none: .none
      case .scores(let scores): .scores(rows.map { scores[$0] })
      case .classes(let classes, let names): .classes(rows.map { classes[$0] }, names: names)
      case .vectors(let vectors): .vectors(vectors.map { $0.rows(rows) })
      case .teacherScores(let scores): .teacherScores(scores.rows(rows))
      case .lists(let lists): .lists(rows.map { lists[$0] })
      }
    return TrainingSet(
      name: name, columns: columns.map { $0.picked(rows) }, labels: labels,
      guidance: guidance.map { $0.rows(rows) }, place: { place(rows[$0]) })
  }

  /// The same texts with other labels.
  func with(_ labels: Labels) -> TrainingSet {
    TrainingSet(
      name: name, columns: columns, labels: labels, guidance: guidance, place: place)
  }

  /// Writes a row as an object, so that a file of them reads as the same set.
  /// - Parameter label: the name of the label
  func appendRow(_ row: Int, label: String, to bytes: inout [UInt8]) {
    let texts = columns.map { column in
      let list = column.lists.map { JSONValue.array($0[row].map { .utf8($0) }) }
      return (column.name, list ?? .utf8(column.texts[row]))
    }
    let value: JSONValue? =
      switch labels {
      case .none: nil
      case .scores(let scores): .float(scores[row])
      case .classes(let classes, let names): .string(names[Int(classes[row])])
      case .vectors(let vectors):
        vectors.count == 1
          ? Self.list(vectors[0], row) : .array(vectors.map { Self.list($0, row) })
      case .teacherScores(let scores): Self.list(scores, row)
      case .lists(let lists): .array(lists[row].map { .float($0) })
      }
    bytes += JSONValue.object(texts + (value.map { [(label, $0)] } ?? [])).line
  }

  private static func list(_ vectors: Tensor, _ row: Int) -> JSONValue {
    .array(vectors.rows([row]).elements.map { .float($0) })
  }
}

/// Rows that came through standard input, which are kept so that they can be trained on again.
struct KeptData: Sendable {
  /// In the run's folder.
  let fileName: String
  let set: TrainingSet
  let label: String

  // Large enough that writing costs nothing beside making the lines.
  private static let piece = 1 << 20

  /// Gives the file's bytes piece by piece.
  func write(_ write: ([UInt8]) throws -> Void) throws {
    var bytes: [UInt8] = []
    for row in 0..<set.rows {
      set.appendRow(row, label: label, to: &bytes)
      if bytes.count >= Self.piece {
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !bytes.isEmpty { try write(bytes) }
  }
}

package import Tensors

/// Rows to train on: columns of texts, and their labels.
package struct TrainingSet: Sendable {
  /// A column of texts.
  package struct Column: Sendable {
    package let name: String
    /// The text of each row, valid UTF-8.
    package let texts: [[UInt8]]

    package init(name: String, texts: [[UInt8]]) { (self.name, self.texts) = (name, texts) }
  }

  /// The labels of all rows.
  package enum Labels: Sendable {
    case none
    case scores([Float])
    /// Numbers of classes, and the name of each.
    case classes([Int32], names: [String])
    /// `[rows, E]`: one for all columns, or one for each.
    case vectors([Tensor])
    /// `[rows, scores]`
    case teacherScores(Tensor)
  }

  /// What it is called in messages and in the model card.
  package let name: String
  package let columns: [Column]
  package let labels: Labels
  /// What a guide makes of each column's texts, `[rows, G]`; empty without one.
  package let guidance: [Tensor]
  /// Where a row came from, for messages: its file and line.
  package let place: @Sendable (_ row: Int) -> String

  package init(
    name: String, columns: [Column], labels: Labels, guidance: [Tensor] = [],
    place: @escaping @Sendable (_ row: Int) -> String
  ) {
    (self.name, self.columns, self.labels, self.place) = (name, columns, labels, place)
    self.guidance = guidance
  }

  package var rows: Int { columns.first?.texts.count ?? 0 }

  /// The labels of some rows, or what a guide makes of them.
  package func labels(of rows: [Int]) -> BatchLabels {
    guard guidance.isEmpty else { return .guidance(guidance.map { $0.rows(rows) }) }
    return switch labels {
    case .none: .none
    case .scores(let scores): .scores(rows.map { scores[$0] })
    case .classes(let classes, _): .classes(rows.map { classes[$0] })
    case .vectors(let vectors): .vectors(vectors.map { $0.rows(rows) })
    case .teacherScores(let scores): .teacherScores(scores.rows(rows))
    }
  }
}

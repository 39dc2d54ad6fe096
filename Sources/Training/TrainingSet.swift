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
  }

  /// What it is called in messages and in the model card.
  package let name: String
  package let columns: [Column]
  package let labels: Labels
  /// Where a row came from, for messages: its file and line.
  package let place: @Sendable (_ row: Int) -> String

  package init(
    name: String, columns: [Column], labels: Labels,
    place: @escaping @Sendable (_ row: Int) -> String
  ) {
    (self.name, self.columns, self.labels, self.place) = (name, columns, labels, place)
  }

  package var rows: Int { columns.first?.texts.count ?? 0 }

  /// The labels of some rows.
  package func labels(of rows: [Int]) -> BatchLabels {
    switch labels {
    case .none: .none
    case .scores(let scores): .scores(rows.map { scores[$0] })
    case .classes(let classes, _): .classes(rows.map { classes[$0] })
    case .vectors(let vectors): .vectors(vectors.map { $0.rows(rows) })
    }
  }
}

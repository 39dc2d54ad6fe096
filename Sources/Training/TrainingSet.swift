package import Tensors

/// Rows to train on: columns of texts, and their labels.
package struct TrainingSet: Sendable {
  /// A column of texts.
  package struct Column: Sendable {
    package let name: String
    /// The text of each row, valid UTF-8; of a row of several those as JSON.
    package let texts: [[UInt8]]
    /// The texts of each row, where rows have several.
    package let lists: [[[UInt8]]]?

    package init(name: String, texts: [[UInt8]], lists: [[[UInt8]]]? = nil) {
      (self.name, self.texts, self.lists) = (name, texts, lists)
    }

    /// Some of the rows, in this order.
    package func picked(_ rows: [Int]) -> Column {
      Column(
        name: name, texts: rows.map { texts[$0] },
        lists: lists.map { lists in rows.map { lists[$0] } })
    }
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
    /// A score for each text of the row's list.
    case lists([[Float]])
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
    case .lists(let lists): .lists(rows.map { lists[$0] })
    }
  }

  /// What is scored for a row's first text: its other texts, or those of its list.
  package func documents(of row: Int) -> [[UInt8]] {
    let others = columns.dropFirst()
    if let lists = others.first?.lists { return lists[row] }
    return others.map { $0.texts[row] }
  }
}

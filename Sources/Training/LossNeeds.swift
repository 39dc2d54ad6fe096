package import Tensors

/// What a loss asks of data and of the model.
package struct LossNeeds: Sendable {
  /// How many columns of texts.
  package var columns: ClosedRange<Int>
  package var labels: LabelKind
  /// Whether it compares the rows of a batch with each other: then a batch of one teaches nothing.
  package var comparesRows = false
  /// Whether texts of other rows count as wrong answers: then none should be there twice.
  package var usesOtherRows = false
  /// Whether a batch needs several texts of a class.
  package var groupsByLabel = false
  /// Rows with more columns than this may go without labels; `nil` where none may.
  package var labelsUpTo: Int?
  /// The numbers of a vector that is learned; `nil` for as many as the model's.
  package var vectorWidth: Int?
  /// The model, as the loss' parameters name it, whose vectors of all texts it looks at.
  package var guide: String?
  /// What it looks at, where that is not each column once.
  package var views: [ColumnView] = []
  /// Whether rows without labels are 1 where their texts are equal, and else 0.
  package var comparesTexts = false

  package init(
    columns: ClosedRange<Int>, labels: LabelKind, comparesRows: Bool = false,
    usesOtherRows: Bool = false, groupsByLabel: Bool = false, labelsUpTo: Int? = nil,
    vectorWidth: Int? = nil, guide: String? = nil
  ) {
    (self.columns, self.labels, self.comparesRows) = (columns, labels, comparesRows)
    (self.usesOtherRows, self.groupsByLabel) = (usesOtherRows, groupsByLabel)
    (self.labelsUpTo, self.vectorWidth, self.guide) = (labelsUpTo, vectorWidth, guide)
  }

  /// Rows of a text, its positive and any negatives, each compared with the texts of all others.
  static let ranking = LossNeeds(
    columns: 2...Ranking.mostColumns, labels: .none, comparesRows: true, usesOtherRows: true)

  /// Whether a copy of the model is trained beside it.
  package var hasTwin: Bool { views.contains { $0.isTwin } }

  /// What it looks at of so many columns.
  package func views(columns: Int) -> [ColumnView] {
    views.isEmpty ? (0..<columns).map { ColumnView(column: $0) } : views
  }

  /// Whether rows of so many columns may go without labels.
  package func mayLackLabels(columns: Int) -> Bool {
    labels == .none || labelsUpTo.map { columns > $0 } ?? false
  }
}

/// A column of texts as a loss looks at it.
package struct ColumnView: Sendable, Equatable {
  package let column: Int
  /// Whether the texts go through the model's copy.
  package let isTwin: Bool

  package init(column: Int, isTwin: Bool = false) { (self.column, self.isTwin) = (column, isTwin) }
}

/// What labels are.
package enum LabelKind: Sendable, Equatable {
  case none
  /// A number a row: a score.
  case score
  /// 0 or 1 a row.
  case binary
  /// A number of a class a row.
  case classes
  /// A vector a row, or one for each column.
  case vectors
  /// A teacher's scores of a row: one for each of its columns, less so many.
  case teacherScores(less: ClosedRange<Int>)
  /// A score for each text of a row's list.
  case lists
}

/// The labels of a batch of B rows.
package enum BatchLabels: Sendable {
  case none
  /// Scores, and 0 and 1.
  case scores([Float])
  case classes([Int32])
  /// `[B, E]`: one for all columns, or one for each.
  case vectors([Tensor])
  /// `[B, scores]`
  case teacherScores(Tensor)
  /// A guide's vectors of each column, `[B, G]`
  case guidance([Tensor])
  /// For each row a score for each text of its list.
  case lists([[Float]])
}

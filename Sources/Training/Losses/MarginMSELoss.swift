package import ModelFiles
package import Tensors

/// How much better a positive fits than a negative should be as a teacher says (Hofstätter et al.,
/// 2020): (s(q, p) − s(q, n) − margin)², the mean over all negatives of all rows.
package struct MarginMSELoss: Loss {
  package static let name = "MarginMSELoss"
  private let similarity: PairScores.Similarity

  package init(_ options: JSON, _ context: LossContext) throws {
    similarity = try options.name("similarity_fct", default: .dot)
  }

  /// A margin for each negative, or a score for the positive and each negative.
  package var needs: LossNeeds {
    LossNeeds(columns: 3...Ranking.mostColumns, labels: .teacherScores(less: 1...2))
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("similarity_fct", .string(similarity.rawValue))]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let pairs = columns.dropFirst().map { PairScores(columns[0], $0, similarity) }
    let (rows, negatives) = (columns[0].rows, pairs.count - 1)
    let margins = Self.margins(labels.teacherScores, negatives: negatives)
    let share = 1 / Double(rows * negatives)
    var value = 0.0
    // y = Σ (sₚ − sₙ − m)²/(B n), so dsₚ = 2 (sₚ − sₙ − m)/(B n) and dsₙ = −dsₚ
    var slopes = pairs.map { _ in [Double](repeating: 0, count: rows) }
    for row in 0..<rows {
      for negative in 1...negatives {
        let margin = margins[row * negatives + negative - 1]
        let wrong = pairs[0].values[row] - pairs[negative].values[row] - margin
        value += share * wrong * wrong
        slopes[0][row] += 2 * share * wrong
        slopes[negative][row] = -2 * share * wrong
      }
    }
    return LossValue(
      value: value, columns: zip(pairs, slopes).map { $0.derivatives($1) }.byColumns)
  }

  /// How much better the positive should be than each negative, row by row.
  static func margins(_ scores: Tensor, negatives: Int) -> [Double] {
    let columns = scores.columns
    let numbers = scores.elements.map { Double($0) }
    guard columns == negatives + 1 else { return numbers }
    return numbers.indices.filter { $0 % columns != 0 }.map { index in
      numbers[index / columns * columns] - numbers[index]
    }
  }
}

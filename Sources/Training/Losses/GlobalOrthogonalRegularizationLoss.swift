package import ModelFiles
package import Tensors

/// The texts of a column should be spread over the sphere as vectors drawn at random are: their
/// similarities 0 in the mean, and their squares no more than 1/E (Zhang et al., 2017).
package struct GlobalOrthogonalRegularizationLoss: Loss {
  package static let name = "GlobalOrthogonalRegularizationLoss"
  package static let shortNames = ["gor"]
  // 4 MB of similarities.
  private static let scoresAtOnce = 1 << 20

  private enum Aggregation: String, CaseIterable, Sendable { case mean, sum }

  private let similarity: Ranking.Similarity
  /// What each term counts; 0 for nothing.
  private let (meanWeight, squareWeight): (Double, Double)
  private let aggregation: Aggregation

  package init(_ options: JSON, _ context: LossContext) throws {
    similarity = try options.name("similarity_fct", default: .cosine)
    meanWeight = try Self.weight("mean_weight", options)
    squareWeight = try Self.weight("second_moment_weight", options)
    aggregation = try options.name("aggregation", default: .mean)
    guard meanWeight != 0 || squareWeight != 0 else {
      throw FileError(
        "\(options.name): `mean_weight` or `second_moment_weight` should be other than 0, or "
          + "nothing is learned")
    }
  }

  /// A number; `null` is 0.
  private static func weight(_ key: String, _ options: JSON) throws -> Double {
    if let value = options[key], value.isNull { return 0 }
    return try options.number(key, default: 1)
  }

  package var needs: LossNeeds {
    LossNeeds(
      columns: 1...Ranking.mostColumns, labels: .none, comparesRows: true, usesOtherRows: true)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [
      ("similarity_fct", .string(similarity.rawValue)), ("mean_weight", .double(meanWeight)),
      ("second_moment_weight", .double(squareWeight)),
      ("aggregation", .string(aggregation.rawValue)),
    ]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let share = aggregation == .mean ? 1 / Double(columns.count) : 1
    let found = columns.map { column -> (value: Double, slopes: Tensor) in
      guard similarity == .cosine else { return terms(column, share) }
      let units = UnitRows(column)
      let (value, slopes) = terms(units.rows, share)
      return (value, units.derivative(slopes))
    }
    return LossValue(value: found.reduce(0) { $0 + $1.value }, columns: found.map(\.slopes))
  }

  /// Both terms of a column, times a share, and their derivatives.
  private func terms(_ x: Tensor, _ share: Double) -> (value: Double, slopes: Tensor) {
    let sums = SimilaritySums(x, scoresAtOnce: Self.scoresAtOnce)
    let pairs = Double(max(1, x.rows * (x.rows - 1)))
    let (mean, square) = (sums.total / pairs, sums.squares / pairs)
    let excess = max(0, square - 1 / Double(x.columns))
    let value = meanWeight * mean * mean + squareWeight * (square.isNaN ? .nan : excess)
    // y = w₁ (Σ s/n)² + w₂ max(0, Σ s²/n − 1/E), so ds = 2 w₁ Σ s/n² + 2 w₂ s/n; each s is that of
    // two rows in both orders.
    let byMean = Float(share * 4 * meanWeight * mean / pairs)
    let bySquare = Float(excess > 0 ? share * 4 * squareWeight / pairs : 0)
    return (
      share * value,
      sums.others.scaled(by: byMean).adding(sums.weighted.scaled(by: bySquare))
    )
  }
}

/// Sums over the similarities of each two different rows, in both orders.
private struct SimilaritySums {
  private(set) var total = 0.0
  private(set) var squares = 0.0
  /// Σ of the other rows, for each row.
  let others: Tensor
  /// Σ of the other rows, each times its similarity.
  let weighted: Tensor

  init(_ x: Tensor, scoresAtOnce: Int) {
    let count = x.rows
    let block = max(1, scoresAtOnce / max(1, count))
    var (total, squares) = (0.0, 0.0)
    let parts = stride(from: 0, to: count, by: block).map { start in
      let rows = start..<min(start + block, count)
      let scores = Tensor([rows.count, count]) { out in
        Tensor.multiply(x.rows(rows), x, transposedRight: true, into: out)
        for row in rows { out[(row - start) * count + row] = 0 }
        for score in out {
          total += Double(score)
          squares += Double(score) * Double(score)
        }
      }
      return Tensor.product(scores, x)
    }
    (self.total, self.squares) = (total, squares)
    weighted = Tensor.stacked(parts)
    let sums = x.columnMeans().map { Float($0 * Double(count)) }
    others = x.scaled(by: -1).adding(toEachRow: Tensor([x.columns], sums))
  }
}

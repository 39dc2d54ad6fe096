package import Embeddings
package import ModelFiles
package import Tensors

/// About how many products a search makes (Paria et al., 2020): Σ over the vocabulary of (the mean of an
/// entry's numbers)². It makes vectors sparse, and is trained inside a SpladeLoss.
package struct FlopsLoss: Loss {
  package static let name = "FlopsLoss"
  package static var kind: ModelKind { .sparse }
  /// Vectors with no more numbers than this count as zeros; `nil` for none.
  let threshold: Double?

  package init(_ options: JSON, _ context: LossContext) throws {
    threshold = try options.present("threshold").map { try $0.double() }
  }

  init(threshold: Double?) { self.threshold = threshold }

  package var needs: LossNeeds { LossNeeds(columns: 1...Ranking.mostColumns, labels: .none) }

  package var parameters: [(name: String, value: JSONValue)] {
    [("threshold", .optional(threshold) { .plain($0) })]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let rows = columns.reduce(0) { $0 + $1.rows }
    let counted = columns.map { column in (0..<column.rows).map { counts($0, of: column) } }
    var means = [Double](repeating: 0, count: columns.first?.columns ?? 0)
    for (column, counted) in zip(columns, counted) {
      let width = column.columns
      column.withFloats { x in
        for row in 0..<column.rows where counted[row] {
          for entry in 0..<width { means[entry] += Double(x[row * width + entry]) }
        }
      }
    }
    for entry in means.indices { means[entry] /= Double(rows) }
    // y = Σ m² with m = Σ x/N, so dx = 2 m/N
    let slopes = means.map { Float(2 * $0 / Double(rows)) }
    return LossValue(
      value: means.reduce(0) { $0 + $1 * $1 },
      columns: zip(columns, counted).map { column, counted in
        Tensor(column.shape) { out in
          for row in 0..<column.rows {
            for entry in slopes.indices {
              out[row * slopes.count + entry] = counted[row] ? slopes[entry] : 0
            }
          }
        }
      })
  }

  /// Whether a row has so many numbers that it counts.
  private func counts(_ row: Int, of column: Tensor) -> Bool {
    guard let threshold else { return true }
    let width = column.columns
    let active = column.withFloats { x in
      (row * width..<(row + 1) * width).count { x[$0] != 0 }
    }
    return Double(active) > threshold
  }
}

import Glibc
package import ModelFiles
package import Tensors

/// Of each two rows, that with the higher score should have the larger cosine (Su, 2022).
package struct CoSENTLoss: Loss {
  package static let name = "CoSENTLoss"
  private let scale: Double

  package init(_ options: JSON, _ context: LossContext) throws {
    scale = try options.number("scale", default: 20, above: 0)
    try options.expect("similarity_fct", "pairwise_cos_sim")
  }

  package var needs: LossNeeds { LossNeeds(columns: 2...2, labels: .score, comparesRows: true) }

  package var parameters: [(name: String, value: JSONValue)] {
    [("scale", .double(scale)), ("similarity_fct", "pairwise_cos_sim")]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let cosines = PairCosines(columns[0], columns[1])
    let s = cosines.values.map { scale * $0 }
    let groups = Self.groups(labels.scores)
    // log Σ exp(sⱼ) of the rows with lower scores, log Σ exp(−sⱼ) of those with higher ones.
    let lower = Self.runningSums(s, groups)
    let higher = Self.runningSums(s.map { -$0 }, groups.reversed())
    // y = log(1 + Σ exp(sⱼ − sᵢ)) over pairs with j lower than i, so dsᵢ = −Σⱼ exp(sⱼ − sᵢ − y) and
    // dsⱼ = Σᵢ exp(sⱼ − sᵢ − y).
    let value = logOfSum([0] + s.indices.map { lower[$0] - s[$0] })
    let slopes = s.indices.map { row in
      scale * (exp(s[row] + higher[row] - value) - exp(lower[row] - s[row] - value))
    }
    return LossValue(value: value, columns: cosines.derivatives(slopes))
  }

  /// Rows of equal scores, the lowest first.
  private static func groups(_ scores: [Float]) -> [[Int]] {
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var groups: [[Int]] = []
    for row in order {
      if let last = groups.last?.last, scores[last] == scores[row] {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
    return groups
  }

  /// For each row, log Σ exp of the numbers in the groups before its own.
  private static func runningSums(_ numbers: [Double], _ groups: [[Int]]) -> [Double] {
    var sums = [Double](repeating: -.infinity, count: numbers.count)
    var sum = -Double.infinity
    for group in groups {
      for row in group { sums[row] = sum }
      sum = logOfSum([sum] + group.map { numbers[$0] })
    }
    return sums
  }
}

/// log Σ exp, exact whatever the numbers' size.
private func logOfSum(_ numbers: [Double]) -> Double {
  guard let most = numbers.max(), most > -.infinity else { return -.infinity }
  return most + log(numbers.reduce(0) { $0 + exp($1 - most) })
}

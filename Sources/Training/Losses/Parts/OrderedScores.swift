import Glibc

/// log(1 + Σ exp(sⱼ − sᵢ)) over all pairs of rows of which i has the higher label, and the way back
/// (Su, 2022).
struct OrderedScores {
  let value: Double
  /// By each row's score.
  let slopes: [Double]

  /// - Parameter s: each row's score
  init(_ s: [Double], _ labels: [Float]) {
    let groups = Self.groups(labels)
    // log Σ exp(sⱼ) of the rows with lower labels, log Σ exp(−sⱼ) of those with higher ones.
    let lower = Self.runningSums(s, groups)
    let higher = Self.runningSums(s.map { -$0 }, groups.reversed())
    // y = log(1 + Σ exp(sⱼ − sᵢ)) over pairs with j lower than i, so dsᵢ = −Σⱼ exp(sⱼ − sᵢ − y) and
    // dsⱼ = Σᵢ exp(sⱼ − sᵢ − y).
    let value = logOfSum([0] + s.indices.map { lower[$0] - s[$0] })
    self.value = value
    slopes = s.indices.map { row in
      exp(s[row] + higher[row] - value) - exp(lower[row] - s[row] - value)
    }
  }

  /// Rows of equal labels, the lowest first.
  private static func groups(_ labels: [Float]) -> [[Int]] {
    let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    var groups: [[Int]] = []
    for row in order {
      if let last = groups.last?.last, labels[last] == labels[row] {
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

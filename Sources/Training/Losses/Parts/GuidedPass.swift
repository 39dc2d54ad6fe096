import Glibc
import Tensors

/// One batch's loss and derivatives by `Guidance`. Scores are made for some rows at a time and not
/// kept, so that batches of many thousands fit.
struct GuidedPass {
  // exp of it is 0 beside any score, and it can still be multiplied.
  private static let never: Float = -1e30
  // As short as `torch.cosine_similarity` lets vectors be.
  private static let shortest = 1e-8

  /// Two columns whose texts are compared, each with each.
  private struct Pairing {
    let left: Int, right: Int
    /// Whether a row's own pair is the one that should be highest.
    var isOfPositives: Bool { left == 0 && right == 1 }
  }

  private let guidance: Guidance
  /// The columns' vectors as they are compared, and the guide's.
  private let columns: [Tensor], guide: [Tensor]
  private let pairings: [Pairing]
  private var value = 0.0
  private var slopes: [[Float]]

  private init(_ guidance: Guidance, _ columns: [Tensor], _ guide: [Tensor]) {
    (self.guidance, self.columns, self.guide) = (guidance, columns, guide)
    slopes = columns.map { Array(repeating: 0, count: $0.count) }
    pairings =
      [Pairing(left: 0, right: 1)]
      + (guidance.contrastsAnchors ? [Pairing(left: 0, right: 0)] : [])
      + (guidance.contrastsPositives ? [Pairing(left: 1, right: 1)] : [])
      + columns.indices.dropFirst(2).map { Pairing(left: 0, right: $0) }
  }

  /// - Parameters:
  ///   - columns: anchors, positives, and any number of negatives: `[B, E]` each
  ///   - guide: the guide's vectors of the same texts: `[B, G]` each
  ///   - scoresAtOnce: how many scores are held, unless one row has more
  static func loss(
    _ guidance: Guidance, of columns: [Tensor], guide: [Tensor], scoresAtOnce: Int = 1 << 20
  ) -> LossValue {
    precondition(columns.count == guide.count && guide.allSatisfy { $0.rows == columns[0].rows })
    let units = columns.map { UnitRows($0, shortest: shortest) }
    var pass = GuidedPass(
      guidance, units.map(\.rows), guide.map { UnitRows($0, shortest: shortest).rows })
    let count = columns[0].rows
    let block = max(1, scoresAtOnce / max(1, count * pass.pairings.count))
    for start in stride(from: 0, to: count, by: block) {
      pass.take(start..<min(start + block, count))
    }
    return LossValue(
      value: pass.value,
      columns: units.indices.map {
        units[$0].derivative(Tensor(columns[$0].shape, pass.slopes[$0]))
      })
  }

  /// The part of the loss of some rows, and the derivatives by all that it is made of.
  private mutating func take(_ rows: Range<Int>) {
    let count = Double(columns[0].rows)
    let positives = rows.map { Tensor.dot(guide[0], $0, guide[1], $0) }
    let thresholds = positives.map(guidance.threshold)
    let parts = pairings.map { softmax($0, rows, thresholds) }
    // −s + log Σ exp s of each row, and of all rows the mean.
    let totals = positives.indices.map { index in
      let logarithms = parts.map { $0.logarithms[index] }
      let most = logarithms.max() ?? 0
      return most + log(logarithms.reduce(0) { $0 + exp($1 - most) })
    }
    for (own, total) in zip(parts[0].own, totals) { value += (total - own) / count }
    let slope = 1 / (guidance.temperature * count)
    for (pairing, part) in zip(pairings, parts) {
      let factors = zip(part.logarithms, totals).map { Float(exp($0 - $1) * slope) }
      addSlopes(pairing, rows, part.shares, factors)
    }
    // The score of a row with its own positive counts the other way.
    let factors = [Float](repeating: Float(-slope), count: rows.count)
    add(columns[1].rows(rows).scaledRows(by: factors), to: 0, from: rows.lowerBound)
    add(columns[0].rows(rows).scaledRows(by: factors), to: 1, from: rows.lowerBound)
  }

  /// The softmax of some rows' scores with a column.
  /// - Returns: the softmax `[rows, B]`, log Σ exp of each row, and each row's score with the text
  ///   of its own row
  private func softmax(
    _ pairing: Pairing, _ rows: Range<Int>, _ thresholds: [Float]
  ) -> (shares: Tensor, logarithms: [Double], own: [Double]) {
    let (left, right) = (columns[pairing.left].rows(rows), columns[pairing.right])
    let (guideLeft, guideRight) = (guide[pairing.left], guide[pairing.right])
    let scale = 1 / guidance.temperature
    var (logarithms, own): ([Double], [Double]) = ([], [])
    let shares = Tensor([rows.count, right.rows]) { out in
      Tensor.multiply(left, right, transposedRight: true, into: out)
      for (index, row) in rows.enumerated() {
        let first = index * right.rows
        own.append(scale * Double(out[first + row]))
        // One product at a time, so that equal texts are equally near to the bit.
        for other in 0..<right.rows where other != row || !pairing.isOfPositives {
          guard Tensor.dot(guideLeft, row, guideRight, other) > thresholds[index] else { continue }
          out[first + other] = Self.never
        }
      }
      logarithms = Tensor.softmax(out, columns: right.rows, scale: Float(scale))
    }
    return (shares, logarithms, own)
  }

  /// S = X Yᵀ/τ and dS = factor · softmax(S), so dX += dS Y and dY += dSᵀ X.
  private mutating func addSlopes(
    _ pairing: Pairing, _ rows: Range<Int>, _ shares: Tensor, _ factors: [Float]
  ) {
    let byScores = shares.scaledRows(by: factors)
    add(Tensor.product(byScores, columns[pairing.right]), to: pairing.left, from: rows.lowerBound)
    let left = columns[pairing.left].rows(rows)
    slopes[pairing.right].withUnsafeMutableBufferPointer {
      Tensor.multiply(byScores, left, transposedLeft: true, adding: true, into: $0)
    }
  }

  private mutating func add(_ found: Tensor, to column: Int, from row: Int) {
    let start = row * found.columns
    found.withFloats { found in
      for (index, slope) in found.enumerated() { slopes[column][start + index] += slope }
    }
  }
}

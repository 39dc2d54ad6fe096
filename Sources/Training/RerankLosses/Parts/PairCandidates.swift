import ModelFiles
import Tensors

/// Whom a query's positive is compared with: negatives of its own row, and documents of other rows,
/// all or some that are drawn for each query.
struct PairCandidates: Sendable {
  /// How many documents of other rows; `nil` for all.
  private let negatives: Int?
  private let scale: Double
  private let activation: LogitActivation

  init(_ options: JSON, _ context: LossContext, of loss: String) throws {
    try context.expectOneLabel(for: loss, options)
    let number = options["num_negatives"]
    negatives = try number.map { $0.isNull ? nil : try $0.int() } ?? 4
    if let negatives, negatives < 0, let number { throw number.mismatch("0 or more, or null") }
    scale = try options.number("scale", default: 10)
    activation = try options.activation(default: .sigmoid)
  }

  var parameters: [(name: String, value: JSONValue)] {
    [
      ("scale", .plain(scale)), ("num_negatives", .optional(negatives) { .int($0) }),
      activation.parameter,
    ]
  }

  /// For each row a number for each document of the batch, its own too; none where all are taken.
  func draws(_ counts: [Int]) -> Int {
    let all = counts.reduce(0, +)
    let others = all - (counts.first ?? 0)
    return negatives.map { $0 < others } ?? false ? counts.count * all : 0
  }

  /// Of each row its positive, documents of other rows, and its own negatives.
  func documents(_ counts: [Int], drawn: [Double]) -> [[RowDocument]] {
    // Column by column, as the reference has them side by side.
    let all = (0..<(counts.max() ?? 0)).flatMap { place in
      counts.indices.filter { place < counts[$0] }.map { RowDocument(row: $0, place: place) }
    }
    return counts.enumerated().map { row, count in
      let own = (0..<count).map { RowDocument(row: row, place: $0) }
      var others = all.indices.filter { all[$0].row != row }
      if let negatives, negatives < others.count {
        // torch.multinomial takes those whose 1/(−log(1 − u)) are the largest.
        let numbers = drawn.dropFirst(row * all.count).prefix(all.count)
        let size = { (place: Int) in
          numbers.count == all.count ? numbers[numbers.startIndex + place] : 0
        }
        others = Array(others.sorted { (size($0), $0) < (size($1), $1) }.prefix(negatives))
      }
      return own.prefix(1) + others.map { all[$0] } + own.dropFirst()
    }
  }

  /// - Parameter columns: of each row, the logits of its candidates, the positive's first
  func loss(_ columns: [Tensor]) -> LossValue {
    let logits = PairLogits(columns, activation)
    // As the reference has it: no scale is none.
    let scale = scale == 0 ? 1 : scale
    let share = 1 / Double(max(1, columns.count))
    var value = 0.0
    let slopes = logits.rows.map { row in
      // l = −log q₀ with q = softmax(scale · x), so dx₀ = scale (q₀ − 1), and scale · q elsewhere
      let found = Shares(row.map { scale * $0 })
      value -= share * (found.logarithms.first ?? 0)
      return found.shares.enumerated().map { share * scale * ($1 - ($0 == 0 ? 1 : 0)) }
    }
    return logits.loss(value, slopes)
  }
}

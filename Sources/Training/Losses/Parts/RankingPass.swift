import Glibc
import Tensors

/// One batch's loss and derivatives by `Ranking`. Scores are made for some rows at a time and not
/// kept, so that batches of many thousands fit.
struct RankingPass {
  // exp of it is 0 beside any score, and it can still be multiplied.
  private static let never: Float = -1e30

  private let ranking: Ranking
  /// Texts as they are compared.
  private let queries: Tensor, documents: Tensor
  private var value = 0.0
  private var byQueries: [Float], byDocuments: [Float]

  private init(_ ranking: Ranking, _ queries: Tensor, _ documents: Tensor) {
    (self.ranking, self.queries, self.documents) = (ranking, queries, documents)
    byQueries = Array(repeating: 0, count: queries.count)
    byDocuments = Array(repeating: 0, count: documents.count)
  }

  /// - Parameters:
  ///   - columns: anchors, positives, and any number of negatives: `[B, E]` each
  ///   - scoresAtOnce: how many scores are held, unless one row has more. 4 MB of them are much
  ///     more than what a product has to pack for them.
  static func loss(
    _ ranking: Ranking, of columns: [Tensor], scoresAtOnce: Int = 1 << 20
  ) -> LossValue {
    let (queries, documents) = (columns[0], Tensor.stacked(Array(columns.dropFirst())))
    let count = queries.rows
    let units = ranking.similarity == .cosine ? [UnitRows(queries), UnitRows(documents)] : []
    var pass = RankingPass(ranking, units.first?.rows ?? queries, units.last?.rows ?? documents)
    let width = ranking.directions.reduce(0) { $0 + ($1.isToQueries ? count : documents.rows) }
    let block = max(1, scoresAtOnce / max(1, width))
    for start in stride(from: 0, to: count, by: block) {
      pass.take(start..<min(start + block, count))
    }
    let byQueries = Tensor(queries.shape, pass.byQueries)
    let byDocuments = Tensor(documents.shape, pass.byDocuments)
    let all = Tensor.stacked([
      units.first?.derivative(byQueries) ?? byQueries,
      units.last?.derivative(byDocuments) ?? byDocuments,
    ])
    return LossValue(
      value: pass.value,
      columns: columns.indices.map { all.rows($0 * count..<($0 + 1) * count) })
  }

  /// The part of the loss of some rows, and the derivatives by all that it is made of.
  private mutating func take(_ rows: Range<Int>) {
    let count = Double(queries.rows)
    let parts = ranking.directions.map { softmax($0, rows) }
    // Of the first, which has the positive, whose score is without a part for hardness.
    let own = parts[0].own
    let totals = own.indices.map { row in total(parts.map { $0.logarithms[row] }) }
    // −s + log Σ exp s of each row, and of all rows the mean.
    for (own, total) in zip(own, totals) { value += (total - own) / count }
    for (direction, part) in zip(ranking.directions, parts) {
      let factors = zip(part.logarithms, totals).map {
        Float(share($0, of: $1) * ranking.scale / count)
      }
      addSlopes(direction, rows, part.shares, factors)
    }
    subtractOwn(rows, Float(ranking.scale / count))
  }

  /// log Σ exp of all scores of a row, or the mean of those of each direction.
  private func total(_ logarithms: [Double]) -> Double {
    guard ranking.partition == .joint else {
      return logarithms.reduce(0, +) / Double(logarithms.count)
    }
    let most = logarithms.max() ?? 0
    return most + log(logarithms.reduce(0) { $0 + exp($1 - most) })
  }

  /// What a direction counts in a row's loss.
  private func share(_ logarithm: Double, of total: Double) -> Double {
    ranking.partition == .joint ? exp(logarithm - total) : 1 / Double(ranking.directions.count)
  }
}

/// The scores of one direction.
extension RankingPass {
  /// The softmax of some rows' scores.
  /// - Returns: the softmax `[rows, texts]`, log Σ exp of each row, and, of queries with
  ///   documents, the score of each row with its own positive
  private func softmax(
    _ direction: Ranking.Direction, _ rows: Range<Int>
  ) -> (shares: Tensor, logarithms: [Double], own: [Double]) {
    let left = (direction.isFromQueries ? queries : documents).rows(rows)
    let right = direction.isToQueries ? queries : documents
    var (logarithms, own): ([Double], [Double]) = ([], [])
    let shares = Tensor([rows.count, right.rows]) { out in
      Tensor.multiply(left, right, transposedRight: true, into: out)
      for (index, row) in rows.enumerated() {
        let scores = UnsafeMutableBufferPointer(
          rebasing: out[index * right.rows..<(index + 1) * right.rows])
        own.append(ranking.scale * Double(scores[row]))
        switch direction {
        case .queryToDoc: weighHardness(scores, row)
        case .docToQuery: break
        // A text is not compared with itself, nor with others of its row.
        case .queryToQuery, .docToDoc:
          for place in stride(from: row, to: scores.count, by: queries.rows) {
            scores[place] = Self.never
          }
        }
      }
      logarithms = Tensor.softmax(out, columns: right.rows, scale: Float(ranking.scale))
    }
    return (shares, logarithms, own)
  }

  /// Adds strength · score to wrong answers' scores. The derivatives do not know of it.
  private func weighHardness(_ scores: UnsafeMutableBufferPointer<Float>, _ row: Int) {
    guard let hardness = ranking.hardness, ranking.strength > 0 else { return }
    let factor = Float((ranking.scale + ranking.strength) / ranking.scale)
    let others = queries.rows
    if hardness != .hard {
      let own = stride(from: row, to: scores.count, by: others).map { ($0, scores[$0]) }
      for place in scores.indices { scores[place] *= factor }
      for (place, score) in own { scores[place] = score }
    }
    guard hardness != .inBatch else { return }
    for place in stride(from: row + others, to: scores.count, by: others) {
      scores[place] *= factor
    }
  }
}

/// The way back.
extension RankingPass {
  /// S = scale · X Yᵀ and dS = factor · softmax(S), so dX += dS Y and dY += dSᵀ X.
  private mutating func addSlopes(
    _ direction: Ranking.Direction, _ rows: Range<Int>, _ shares: Tensor, _ factors: [Float]
  ) {
    let left = (direction.isFromQueries ? queries : documents).rows(rows).scaledRows(by: factors)
    let right = direction.isToQueries ? queries : documents
    let byLeft = Tensor.product(shares, right).scaledRows(by: factors)
    add(byLeft, to: direction.isFromQueries, from: rows.lowerBound)
    withSlopes(of: direction.isToQueries) {
      Tensor.multiply(shares, left, transposedLeft: true, adding: true, into: $0)
    }
  }

  /// The score of a row with its own positive counts the other way.
  private mutating func subtractOwn(_ rows: Range<Int>, _ factor: Float) {
    let factors = [Float](repeating: -factor, count: rows.count)
    add(documents.rows(rows).scaledRows(by: factors), to: true, from: rows.lowerBound)
    add(queries.rows(rows).scaledRows(by: factors), to: false, from: rows.lowerBound)
  }

  private mutating func add(_ slopes: Tensor, to isQueries: Bool, from row: Int) {
    let start = row * queries.columns
    withSlopes(of: isQueries) { sums in
      slopes.withFloats { slopes in
        for (index, slope) in slopes.enumerated() { sums[start + index] += slope }
      }
    }
  }

  private mutating func withSlopes(
    of isQueries: Bool, _ body: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    if isQueries {
      byQueries.withUnsafeMutableBufferPointer { body($0) }
    } else {
      byDocuments.withUnsafeMutableBufferPointer { body($0) }
    }
  }
}

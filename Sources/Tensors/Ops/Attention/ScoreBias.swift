import CKernels

/// What a model adds to the scaled scores of attention because of where tokens stand.
package protocol ScoreBias: Sendable {
  /// Writes it for one head of one sequence: row r for query `block.queries.lowerBound + r`, column
  /// c for key `block.keys.lowerBound + c`.
  func fill(_ block: ScoreBlock)
  /// The floats of memory it needs beside the scores, for texts of up to `tokens` tokens.
  func room(tokens: Int) -> Int
  /// The tensors by which there are derivatives.
  var operands: [Tensor] { get }
  /// The way back.
  func gradient() -> any ScoreBiasGradient
}

extension ScoreBias {
  package func room(tokens: Int) -> Int { 0 }
}

/// The derivatives by what a bias is made of, summed block by block. A head's blocks come one after
/// another, those of several heads perhaps at the same time.
package protocol ScoreBiasGradient: Sendable {
  /// Adds what follows from the derivatives by a block's biases.
  /// - Parameter block: has the same memory as when the bias was written, free to use, but no scores
  func add(_ block: ScoreBlock, _ slope: ScoreBlockSlope)
  /// By each of the bias' operands, once all blocks were added.
  var slopes: [Tensor?] { get }
}

/// Derivatives by a block of scores, scaled as they enter softmax, and where those by the head's
/// queries and keys are summed.
package struct ScoreBlockSlope {
  /// `[queries, keys]`
  let scores: Operand
  /// Of all positions, `[T, D]`, a row `stride` floats after the one before it.
  let q, k: UnsafeMutablePointer<Float>
  let stride: Int
}

/// The derivatives by a tensor of which each head has a part of its own. No two threads write to the
/// same numbers, since a head is one thread's.
struct HeadSums: Sendable {
  private let shape: [Int]
  private let storage: Storage

  /// Zeros; `nil` where no derivative by the tensor is wanted.
  init?(_ operand: Tensor?) {
    guard let operand, operand.isTracked else { return nil }
    shape = operand.shape
    storage = Storage(count: operand.count)
    storage.floats.update(repeating: 0)
  }

  /// The numbers from `first` on.
  func from(_ first: Int) -> UnsafeMutablePointer<Float> {
    guard let start = storage.floats.baseAddress else { preconditionFailure("sums without memory") }
    return start + first
  }

  /// The sums, once all were added.
  var tensor: Tensor {
    Tensor(shape, borrowing: UnsafeBufferPointer(storage.floats), from: storage)
  }
}

/// A part of one head's scores of one sequence: some queries by some keys.
package struct ScoreBlock {
  let head: Int
  /// The rows of the whole sequence in the batch.
  let sequence: Range<Int>
  /// Positions in the sequence.
  let queries, keys: Range<Int>
  /// The head's queries and keys, of all positions: `[T, D]`.
  let q, k: Operand
  /// `[queries, keys]`, contiguous.
  let scores: UnsafeMutablePointer<Float>
  /// As much as the bias asked for.
  let room: UnsafeMutablePointer<Float>
}

/// A number for each head and each distance between two tokens: the buckets of T5 and MPNet, and
/// ALiBi's slopes.
package struct RelativePositionBias: ScoreBias {
  /// `[A, distances]`
  private let table: Tensor
  /// The column of distance 0.
  private let center: Int

  /// The distances between two of `tokens` tokens, the key's position less the query's.
  package static func distances(tokens: Int) -> Range<Int> { 1 - tokens..<tokens }

  /// - Parameters:
  ///   - rows: `[distances, A]`, of `distances(tokens:)` in their order
  ///   - tokens: of the longest sequence that it will be used for
  package init(rows: Tensor, tokens: Int) {
    let distances = Self.distances(tokens: tokens)
    precondition(rows.rows == distances.count, "\(rows.rows) rows of \(distances.count) distances")
    table = rows.transposed()
    center = -distances.lowerBound
  }

  package func fill(_ block: ScoreBlock) {
    table.withPointer { table in
      let distances = table + block.head * self.table.columns + center
      for (row, query) in block.queries.enumerated() {
        (block.scores + row * block.keys.count).update(
          from: distances + (block.keys.lowerBound - query), count: block.keys.count)
      }
    }
  }
}

extension RelativePositionBias {
  package var operands: [Tensor] { [table] }

  package func gradient() -> any ScoreBiasGradient {
    Sums(center: center, table: HeadSums(table), distances: table.columns)
  }

  /// dtable[h, j − i] = Σ dS[i, j] of head h.
  private struct Sums: ScoreBiasGradient {
    let center: Int
    let table: HeadSums?
    let distances: Int

    func add(_ block: ScoreBlock, _ slope: ScoreBlockSlope) {
      guard let table else { return }
      for (row, query) in block.queries.enumerated() {
        let first = block.head * distances + center + block.keys.lowerBound - query
        ck_add_to_rows(table.from(first), slope.scores.row(row).pointer, 1, block.keys.count)
      }
    }

    var slopes: [Tensor?] { [table?.tensor] }
  }
}

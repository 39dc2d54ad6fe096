import ModelFiles
import Tensors

/// A block of a corpus and a group of queries: finds the rows whose scores may reach a threshold.
///
/// Products of all rows with all queries, scaled by the row's length for the cosine and less half
/// its square for the distance, rank rows as their scores do, up to rounding. Rows whose products
/// pass are scored again, one by one; a margin for rounding keeps every row that could count.
struct CandidateBlock {
  // Floats of a block: it stays in a core's second-level cache for all queries.
  private static let floats = 1 << 18

  private let queries: QueryGroup
  private let corpus: SearchedRows
  private let metric: Similarity
  private var rows = 0..<0
  /// The rows' numbers, and which of these rows they are.
  private var block: (tensor: Tensor, rows: Range<Int>)
  private var longest: Float = 0
  private var divisors: [Float]
  private var scale: [Float]
  private var offset: [Float]
  private var keys: [Float]
  private var passing: [UInt32]

  /// The largest number of rows of a block.
  static func rows(columns: Int) -> Int { max(64, min(1024, floats / max(1, columns))) }

  init(_ queries: QueryGroup, _ corpus: SearchedRows, _ metric: Similarity) {
    (self.queries, self.corpus, self.metric) = (queries, corpus, metric)
    block = (queries.rows, 0..<0)
    let size = Self.rows(columns: corpus.columns)
    divisors = Array(repeating: 1, count: size)
    scale = Array(repeating: 1, count: size)
    offset = Array(repeating: 0, count: size)
    keys = Array(repeating: 0, count: metric == .manhattan ? 0 : size * queries.rows.rows)
    passing = Array(repeating: 0, count: size)
  }

  /// The number of rows that are loaded.
  var count: Int { rows.count }

  /// Loads a block of the corpus and multiplies it by all queries.
  /// - Throws: for a row that is not finite
  mutating func load(_ index: Int, name: String) throws {
    let size = Self.rows(columns: corpus.columns)
    rows = index * size..<min((index + 1) * size, corpus.count)
    block = corpus.block(rows)
    let lengths = try block.tensor.lengths(
      block.rows, name: name, firstRow: rows.lowerBound - block.rows.lowerBound)
    longest = lengths.max() ?? 0
    switch metric {
    case .cosine:
      for (index, length) in lengths.enumerated() {
        // As torch.nn.functional.normalize has it.
        divisors[index] = max(length, 1e-12)
        scale[index] = 1 / divisors[index]
      }
    case .euclidean:
      for (index, length) in lengths.enumerated() { offset[index] = -length * length / 2 }
    case .dot: break
    case .manhattan: return
    }
    keys.withUnsafeMutableBufferPointer {
      queries.rows.products(with: block.tensor, rows: block.rows, into: $0)
    }
  }

  /// Calls `body` for every row of `part` whose score is `threshold` or more, and for some others.
  mutating func forEachCandidate(
    _ query: Int, _ part: Range<Int>, atLeast threshold: Float, _ body: (Hit) -> Void
  ) {
    let (queries, metric, first) = (queries.rows, metric, rows.lowerBound)
    let (numbers, own) = (block.tensor, block.rows.lowerBound)
    let (divisors, keys, scale, offset) = (divisors, keys, scale, offset)
    func hit(_ index: Int) -> Hit {
      let score = metric.score(queries, query, numbers, own + index, over: divisors[index])
      return Hit(row: first + index, score: score)
    }
    guard metric != .manhattan else {
      for index in part { body(hit(index)) }
      return
    }
    let keyed = query * rows.count + part.lowerBound..<query * rows.count + part.upperBound
    let key = key(of: threshold, query)
    passing.withUnsafeMutableBufferPointer { passing in
      keys.withUnsafeBufferPointer { keys in
        scale.withUnsafeBufferPointer { scale in
          offset.withUnsafeBufferPointer { offset in
            let found = Tensor.indices(
              in: .init(rebasing: keys[keyed]), scale: .init(rebasing: scale[part]),
              offset: .init(rebasing: offset[part]), atLeast: key, into: passing)
            for index in found { body(hit(part.lowerBound + Int(index))) }
          }
        }
      }
    }
  }

  /// The lowest key that a row with this score can have.
  private func key(of score: Float, _ query: Int) -> Float {
    guard score.isFinite else { return score }
    let length = queries.lengths[query]
    // Product and score are sums of E rounded terms: each is off by at most (E + 1) · 2⁻²⁴ of the
    // lengths' product; scaling and shifting are given as much again.
    let error = Float(corpus.columns + 16) * 0x1p-22
    return switch metric {
    case .cosine: score - error
    case .dot, .manhattan: score - error * length * longest
    case .euclidean:
      (length * length - score * score) / 2 - error * (length + longest) * (length + longest)
    }
  }
}

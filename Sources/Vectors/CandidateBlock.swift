import ModelFiles
import Tensors

/// A block of a corpus beside a group of queries: which of its rows may have a score that counts.
///
/// A product of two vectors is larger the more alike they are, once it is scaled and shifted: by
/// the row's length for the cosine, by half its square for the distance. Rows whose products pass
/// are scored again, one by one; a margin makes sure that no other can be good enough.
struct CandidateBlock {
  // Floats of a block: it stays in a core's second cache while the queries go over it.
  private static let floats = 1 << 18

  private let queries: QueryGroup
  private let corpus: Tensor
  private let metric: Similarity
  private var rows = 0..<0
  private var longest: Float = 0
  private var divisors: [Float]
  private var scale: [Float]
  private var offset: [Float]
  private var keys: [Float]
  private var places: [UInt32]

  /// How many rows a block has at most.
  static func rows(columns: Int) -> Int { max(64, min(1024, floats / max(1, columns))) }

  init(_ queries: QueryGroup, _ corpus: Tensor, _ metric: Similarity) {
    (self.queries, self.corpus, self.metric) = (queries, corpus, metric)
    let size = Self.rows(columns: corpus.columns)
    divisors = Array(repeating: 1, count: size)
    scale = Array(repeating: 1, count: size)
    offset = Array(repeating: 0, count: size)
    keys = Array(repeating: 0, count: metric == .manhattan ? 0 : size * queries.rows.rows)
    places = Array(repeating: 0, count: size)
  }

  /// The rows that it has now.
  var count: Int { rows.count }

  /// Goes to another block of the corpus.
  mutating func load(_ index: Int, name: String) throws {
    let size = Self.rows(columns: corpus.columns)
    rows = index * size..<min((index + 1) * size, corpus.rows)
    let lengths = try corpus.lengths(rows, name: name)
    longest = lengths.max() ?? 0
    switch metric {
    case .cosine:
      for (place, length) in lengths.enumerated() {
        // As torch.nn.functional.normalize has it.
        divisors[place] = max(length, 1e-12)
        scale[place] = 1 / divisors[place]
      }
    case .euclidean:
      for (place, length) in lengths.enumerated() { offset[place] = -length * length / 2 }
    case .dot: break
    case .manhattan: return
    }
    keys.withUnsafeMutableBufferPointer {
      queries.rows.products(with: corpus, rows: rows, into: $0)
    }
  }

  /// Calls `body` for every row of `part` whose score is `least` or more, and for some others.
  mutating func forEachCandidate(
    _ query: Int, _ part: Range<Int>, atLeast least: Float, _ body: (Hit) -> Void
  ) {
    let (queries, corpus, metric, first) = (queries.rows, corpus, metric, rows.lowerBound)
    let (divisors, keys, scale, offset) = (divisors, keys, scale, offset)
    func hit(_ place: Int) -> Hit {
      let score = metric.score(queries, query, corpus, first + place, over: divisors[place])
      return Hit(row: first + place, score: score)
    }
    guard metric != .manhattan else {
      for place in part { body(hit(place)) }
      return
    }
    let keyed = query * rows.count + part.lowerBound..<query * rows.count + part.upperBound
    let key = key(of: least, query)
    places.withUnsafeMutableBufferPointer { places in
      keys.withUnsafeBufferPointer { keys in
        scale.withUnsafeBufferPointer { scale in
          offset.withUnsafeBufferPointer { offset in
            let found = Tensor.places(
              in: .init(rebasing: keys[keyed]), scale: .init(rebasing: scale[part]),
              offset: .init(rebasing: offset[part]), atLeast: key, into: places)
            for place in found { body(hit(part.lowerBound + Int(place))) }
          }
        }
      }
    }
  }

  /// What no row's key falls below whose score is `score`.
  private func key(of score: Float, _ query: Int) -> Float {
    guard score.isFinite else { return score }
    let length = queries.lengths[query]
    // Both the product and the score are sums of E rounded terms: (E + 1) · 2⁻²⁴ of the lengths'
    // product each, and as much again for what is done with them.
    let error = Float(corpus.columns + 16) * 0x1p-22
    return switch metric {
    case .cosine: score - error
    case .dot, .manhattan: score - error * length * longest
    case .euclidean:
      (length * length - score * score) / 2 - error * (length + longest) * (length + longest)
    }
  }
}

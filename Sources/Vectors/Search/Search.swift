import HeapModule
import Machine
import ModelFiles
package import Tensors

/// An exact search: compares every query with every row of a corpus.
///
/// A score is the one that `Similarity` gives the two vectors alone, to the bit: with any number
/// of threads, queries and neighbours. Products of blocks only tell which rows may be good enough.
package struct Search: Sendable {
  // Queries that go through the corpus together: enough for products at full speed.
  private static let largestGroup = 1024
  // Hits that are held together, of 16 bytes each: 64 MiB.
  private static let mostHits = 1 << 22
  // Numbers of the queries: 256 MiB.
  private static let mostFloats = 1 << 26
  // A shard is scanned in small steps until as many hits are found as are kept.
  private static let firstStep = 64

  private let corpus: SearchedRows
  private let metric: Similarity
  private let name: String
  private let threads: Int
  /// Whether each row may be found; `nil` where all may.
  private let allowed: [Bool]?
  private let cancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - name: the corpus' name in errors
  ///   - cancelled: asked before each block; `true` ends the search with `CancellationError`
  package init(
    _ corpus: Matrix, by metric: Similarity, name: String, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.init(
      .floats(corpus.tensor), by: metric, name: name, threads: threads, cancelled: cancelled)
  }

  /// - Parameter allowed: whether each row may be found; `nil` where all may
  package init(
    _ corpus: SearchedRows, by metric: Similarity, name: String, threads: Int,
    allowed: [Bool]? = nil, cancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    precondition(allowed.map { $0.count == corpus.count } ?? true, "marks of other rows")
    (self.corpus, self.allowed) = (corpus, allowed)
    (self.metric, self.name, self.threads) = (metric, name, max(1, threads))
    self.cancelled = cancelled
  }

  /// How many queries of a length to search for together, where each may have so many hits; one at
  /// least.
  package static func group(columns: Int, hits count: Int) -> Int {
    max(1, min(largestGroup, mostHits / max(1, count), mostFloats / max(1, columns)))
  }

  /// The `count` best rows for each query with a score of at least `floor`, the best first, equal
  /// ones in the order of rows.
  /// - Parameters:
  ///   - queriesName: the queries' name in errors
  ///   - firstQuery: the index of the first of them in errors
  /// - Shapes: `[m, E]` → m lists
  /// - Throws: for a row that is not finite
  package func nearest(
    to queries: Matrix, count: Int, atLeast floor: Float = -.infinity, queriesName: String = "",
    firstQuery: Int = 0
  ) throws -> [[Hit]] {
    precondition(count >= 0, "\(count) hits")
    precondition(queries.columns == corpus.columns, "\(queries.columns) beside \(corpus.columns)")
    let count = min(count, corpus.count)
    var found: [[Hit]] = []
    let size = Self.group(columns: corpus.columns, hits: count)
    for start in stride(from: 0, to: queries.rows, by: size) {
      let rows = start..<min(start + size, queries.rows)
      let group = try QueryGroup(
        queries.tensor.rows(rows), metric, name: queriesName, firstRow: firstQuery + start)
      found += try nearest(group, count, floor)
    }
    return found
  }

  private func nearest(_ group: QueryGroup, _ count: Int, _ floor: Float) throws -> [[Hit]] {
    let size = CandidateBlock.rows(columns: corpus.columns)
    let blocks = (corpus.count + size - 1) / size
    // A few shards for each thread, so that none waits long for the last.
    let shards = min(blocks, threads == 1 ? 1 : threads * 4)
    let parts = try Parallel.map(shards, threads: threads) { shard in
      try nearest(group, count, floor, in: blocks * shard / shards..<blocks * (shard + 1) / shards)
    }
    return (0..<group.rows.rows).map { query in
      guard parts.count > 1 else { return parts.first?[query].sorted ?? [] }
      var best = TopK<Hit>(count, atLeast: floor)
      for part in parts { for hit in part[query].sorted { best.offer(hit) } }
      return best.sorted
    }
  }

  /// The best rows of some blocks of the corpus.
  private func nearest(
    _ group: QueryGroup, _ count: Int, _ floor: Float, in blocks: Range<Int>
  ) throws -> [TopK<Hit>] {
    var best = [TopK<Hit>](repeating: TopK(count, atLeast: floor), count: group.rows.rows)
    var block = CandidateBlock(group, corpus, metric)
    for index in blocks {
      if cancelled() { throw CancellationError() }
      try block.load(index, name: name)
      for query in best.indices {
        var start = 0
        while start < block.count {
          let end = best[query].isFull ? block.count : min(block.count, start + Self.firstStep)
          block.forEachCandidate(query, start..<end, atLeast: best[query].threshold) { hit in
            if allowed?[hit.row] ?? true { best[query].offer(hit) }
          }
          start = end
        }
      }
    }
    return best
  }
}

/// The rows that are searched: numbers where they lie, or fewer bits, of which they are made in blocks.
package enum SearchedRows: Sendable {
  case floats(Tensor)
  case quantized(QuantizedRows)

  package var count: Int {
    switch self {
    case .floats(let tensor): tensor.rows
    case .quantized(let rows): rows.count
    }
  }

  package var columns: Int {
    switch self {
    case .floats(let tensor): tensor.columns
    case .quantized(let rows): rows.columns
    }
  }

  /// Some rows: a tensor that has them, and where.
  func block(_ rows: Range<Int>) -> (tensor: Tensor, rows: Range<Int>) {
    switch self {
    case .floats(let tensor): (tensor, rows)
    case .quantized(let quantized): (quantized.raised(rows), 0..<rows.count)
    }
  }
}

/// Queries that go through the corpus together.
struct QueryGroup: Sendable {
  /// Of length 1 for the cosine.
  let rows: Tensor
  let lengths: [Float]

  init(_ queries: Tensor, _ metric: Similarity, name: String, firstRow: Int) throws {
    lengths = try queries.lengths(0..<queries.rows, name: name, firstRow: firstRow)
    rows = metric == .cosine ? queries.normalizedRows() : queries
  }
}

/// A row of a corpus and its score for a query. A larger hit is a better one.
public struct Hit: Sendable, Hashable, Ranked {
  /// The row's index in the corpus.
  public let row: Int
  /// How similar row and query are.
  public let score: Float

  package init(row: Int, score: Float) { (self.row, self.score) = (row, score) }

  /// Whether `a` ranks behind `b`: it has a lower score, or the same and a later row.
  public static func < (a: Hit, b: Hit) -> Bool {
    a.score < b.score || a.score == b.score && a.row > b.row
  }
}

extension Matrix {
  /// Finds the rows of a corpus that are most similar to each row of this matrix.
  ///
  ///     let hits = try queries.nearest(5, in: corpus)
  ///     print(hits[0][0].row, hits[0][0].score)
  ///
  /// The search is exact: it compares every query with every row, and a score is the one that
  /// `similarity` gives the two vectors, to the bit, with any number of threads.
  /// - Parameters:
  ///   - count: the hits of each query; there are fewer where the corpus has fewer rows
  ///   - similarity: the score; `Embedder.similarity` is the one that a model is made for
  ///   - floor: the lowest score of a hit
  ///   - threads: by default the number of processors that this process may use
  /// - Returns: the hits of each query, the best first, those of equal scores in the order of rows
  /// - Precondition: `count` is not negative, and both matrices have as many columns.
  /// - Throws: an error that names the row of a vector that is longer than 1e15, or not finite
  public func nearest(
    _ count: Int, in corpus: Matrix, by similarity: Similarity = .cosine,
    atLeast floor: Float = -.infinity, threads: Int? = nil
  ) throws -> [[Hit]] {
    let search = Search(
      corpus, by: similarity, name: "the corpus", threads: threads ?? Processors.allowed)
    return try search.nearest(to: self, count: count, atLeast: floor, queriesName: "the queries")
  }
}

/// A candidate with a score. A larger candidate is better: a total order, by the score first, so that
/// results are the same everywhere.
protocol Ranked: Comparable, Sendable {
  var score: Float { get }
}

/// The k best of many candidates, in a heap with the worst on top.
struct TopK<Candidate: Ranked>: Sendable {
  private let capacity: Int
  private let floor: Float
  private var heap = Heap<Candidate>()

  /// - Parameters:
  ///   - capacity: k
  ///   - floor: the lowest score that is kept
  init(_ capacity: Int, atLeast floor: Float = -.infinity) {
    (self.capacity, self.floor) = (capacity, floor)
  }

  var isFull: Bool { heap.count == capacity }

  /// The lowest score that a further candidate may have to be kept.
  var threshold: Float { isFull ? heap.min?.score ?? .infinity : floor }

  /// From the best to the worst.
  var sorted: [Candidate] { heap.unordered.sorted(by: >) }

  /// Keeps the candidate if it is among the k best so far.
  mutating func offer(_ candidate: Candidate) {
    guard candidate.score >= floor, capacity > 0 else { return }
    if heap.count < capacity {
      heap.insert(candidate)
    } else if let worst = heap.min, candidate > worst {
      heap.replaceMin(with: candidate)
    }
  }
}

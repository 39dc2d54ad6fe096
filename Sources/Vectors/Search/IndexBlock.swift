import Tensors

/// The postings of some rows of a corpus: compressed sparse columns, of which only those that occur
/// are there.
struct IndexBlock: Sendable {
  /// The most rows of a block: a row's place takes 16 bits, and the sums of all of them, 256 KiB, stay
  /// in a core's second-level cache.
  static let most = 1 << 16

  private let first: Int
  private let rows: Int
  /// The columns that occur, in rising order, and where the postings of each begin.
  private let columns: [Int32]
  private let starts: [Int]
  /// By columns, then by rows: the row's place in the block, and its number.
  private let places: [UInt16]
  private let values: [Float]

  /// - Parameter metric: for the cosine, numbers are those of rows of length 1
  init(_ corpus: SparseMatrix, _ range: Range<Int>, by metric: Similarity) {
    (first, rows) = (range.lowerBound, range.count)
    let stored = corpus.starts[range.lowerBound]..<corpus.starts[range.upperBound]
    // Numbers by columns: a count, where each begins, then each number at its place.
    var counts = [Int](repeating: 0, count: Int(corpus.indices[stored].max() ?? -1) + 1)
    for column in corpus.indices[stored] { counts[Int(column)] += 1 }
    let occurring = counts.indices.filter { counts[$0] > 0 }
    columns = occurring.map { Int32(truncatingIfNeeded: $0) }
    starts = occurring.reduce(into: [0]) { $0.append($0[$0.count - 1] + counts[$1]) }
    for (column, start) in zip(occurring, starts) { counts[column] = start }
    var places = [UInt16](repeating: 0, count: stored.count)
    var values = [Float](repeating: 0, count: stored.count)
    for row in range {
      let prepared = metric.prepared(corpus[row])
      for (column, value) in zip(prepared.indices, prepared.values) {
        let place = counts[Int(column)]
        places[place] = UInt16(truncatingIfNeeded: row - range.lowerBound)
        values[place] = value
        counts[Int(column)] = place + 1
      }
    }
    (self.places, self.values) = (places, values)
  }

  /// The best rows of the block, the best first.
  /// - Parameters:
  ///   - query: of length 1 for the cosine
  ///   - allowed: whether each row of the corpus may be found; `nil` where all may
  func nearest(
    to query: SparseMatrix.Row, count: Int, atLeast floor: Float, _ allowed: [Bool]?
  ) -> [Hit] {
    var best = TopK<Hit>(count, atLeast: floor)
    let sums = Tensor([rows]) { add(query, into: $0) }
    sums.withFloats { sums in
      for start in stride(from: 0, to: rows, by: Self.step) {
        let part = start..<min(start + Self.step, rows)
        // Once enough are found, most steps have none that is better, which one test tells.
        let threshold = best.threshold
        guard part.contains(where: { sums[$0] >= threshold }) else { continue }
        for row in part where allowed?[first + row] ?? true {
          best.offer(Hit(row: first + row, score: sums[row]))
        }
      }
    }
    return best.sorted
  }

  // Rows whose sums are looked at together.
  private static let step = 64

  /// The products of each column of the query with the numbers in it, added to their rows' sums.
  private func add(_ query: SparseMatrix.Row, into sums: UnsafeMutableBufferPointer<Float>) {
    sums.update(repeating: 0)
    places.withUnsafeBufferPointer { places in
      values.withUnsafeBufferPointer { values in
        for (column, weight) in zip(query.indices, query.values) {
          guard let index = index(of: column) else { continue }
          for posting in starts[index]..<starts[index + 1] {
            sums[Int(places[posting])] += weight * values[posting]
          }
        }
      }
    }
  }

  /// The place of a column among those that occur.
  private func index(of column: Int32) -> Int? {
    var range = 0..<columns.count
    while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
      if columns[middle] == column { return middle }
      range = columns[middle] < column ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}

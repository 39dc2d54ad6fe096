/// Where the sequences of a batch lie: one after another, with no padding and no mask.
///
/// A row is a token of exactly one sequence. Where this processor's products treat rows by their
/// place (`Matmul.rowPeriod`), each sequence starts at a multiple of that period, and the rows in
/// between, at most 11 on the processors known, belong to nobody.
package struct SequenceLayout: Sendable {
  private let ranges: [Range<Int>]
  /// N, the number of rows.
  package let rows: Int
  /// The rows that are nobody's.
  package let padding: [Range<Int>]

  package init(lengths: some Sequence<Int>) {
    self.init(lengths: lengths, period: Matmul.rowPeriod)
  }

  init(lengths: some Sequence<Int>, period: Int) {
    var ranges: [Range<Int>] = []
    var padding: [Range<Int>] = []
    var next = 0
    for length in lengths {
      ranges.append(next..<next + length)
      let end = (next + length + period - 1) / period * period
      if end > next + length { padding.append(next + length..<end) }
      next = end
    }
    (self.ranges, self.padding, rows) = (ranges, padding, next)
  }

  /// B, the number of sequences.
  package var count: Int { ranges.count }
  /// The length of the longest sequence.
  package var longest: Int { ranges.map(\.count).max() ?? 0 }
  /// The rows of sequence `s`.
  package subscript(_ s: Int) -> Range<Int> { ranges[s] }

  /// The same rows without the first `count` of each sequence.
  package func dropping(first count: Int) -> SequenceLayout {
    SequenceLayout(ranges.map { $0.dropFirst(count) }, rows: rows, padding: padding)
  }

  private init(_ ranges: [Range<Int>], rows: Int, padding: [Range<Int>]) {
    (self.ranges, self.rows, self.padding) = (ranges, rows, padding)
  }

  /// One number a row: `value(s, t)` for token t of sequence s, 0 for rows that are nobody's.
  package func perRow(_ value: (_ sequence: Int, _ place: Int) -> Int32) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: rows)
    for (sequence, range) in ranges.enumerated() {
      for row in range { numbers[row] = value(sequence, row - range.lowerBound) }
    }
    return numbers
  }

  /// The weight of each row's token, 0 for rows that are nobody's.
  /// - Parameters:
  ///   - ids: of N rows
  ///   - weights: by id
  package func weights(_ ids: [Int32], _ weights: [Float]) -> [Float] {
    var factors = [Float](repeating: 0, count: rows)
    for range in ranges {
      for row in range { factors[row] = weights[Int(ids[row])] }
    }
    return factors
  }
}

/// Where the sequences of a batch lie: one after another, with no padding and no mask.
///
/// A row is a token of exactly one sequence, or one vector of it. Where this processor's products
/// treat rows by their index (`Matmul.rowPeriod`), each sequence starts at a multiple of that
/// period, and the rows in between, at most 11 on the processors known, are padding.
package struct SequenceLayout: Sendable {
  private let ranges: [Range<Int>]
  /// N, the number of rows.
  package let rows: Int
  /// The rows that belong to no sequence.
  package let padding: [Range<Int>]
  /// What the first rows of sequences are multiples of.
  private let period: Int
  /// How many of each sequence's last rows are no keys; empty where all are.
  private var hidden: [Int] = []

  package init(lengths: some Sequence<Int>) {
    self.init(lengths: lengths, period: Matmul.rowPeriod)
  }

  /// The same without padding, whose rows' bits depend on where they lie: for training, where no
  /// text is computed twice in two batches.
  package init(unpadded lengths: some Sequence<Int>) { self.init(lengths: lengths, period: 1) }

  /// One row for each of `count` sequences: the vectors of texts.
  package init(vectors count: Int) { self.init(lengths: repeatElement(1, count: count)) }

  /// The same without padding. No product takes such rows.
  static func dense(_ count: Int) -> SequenceLayout {
    SequenceLayout(lengths: repeatElement(1, count: count), period: 1)
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
    (self.ranges, self.padding, rows, self.period) = (ranges, padding, next, period)
  }

  private init(_ ranges: [Range<Int>], of whole: SequenceLayout) {
    (self.ranges, rows, padding, period) = (ranges, whole.rows, whole.padding, whole.period)
  }

  /// B, the number of sequences.
  package var count: Int { ranges.count }
  /// The length of the longest sequence.
  package var longest: Int { ranges.map(\.count).max() ?? 0 }
  /// The rows of sequence `s`.
  package subscript(_ s: Int) -> Range<Int> { ranges[s] }
}

/// Rows that look at others, and that none looks at: those that fill up a query.
extension SequenceLayout {
  /// The same rows, of which the last `counts[s]` of each sequence are no keys in attention.
  package func hiding(_ counts: [Int]) -> SequenceLayout {
    precondition(
      counts.count == count && zip(counts, ranges).allSatisfy { (0...$1.count).contains($0) },
      "\(counts) hidden rows of \(ranges)")
    var layout = self
    layout.hidden = counts.contains { $0 > 0 } ? counts : []
    return layout
  }

  /// How many rows of sequence `s`, from its first on, are looked at.
  package func keyCount(_ s: Int) -> Int { ranges[s].count - (hidden.isEmpty ? 0 : hidden[s]) }
}

/// Some rows of each sequence, at their original positions.
extension SequenceLayout {
  /// The first row of each sequence that has any.
  package var first: SequenceLayout { SequenceLayout(ranges.map { $0.prefix(1) }, of: self) }

  /// The last row of each sequence that has any.
  package var last: SequenceLayout { SequenceLayout(ranges.map { $0.suffix(1) }, of: self) }

  /// The last row of each sequence of those that `isMeant`; its first row where none is.
  package func last(where isMeant: (Int) -> Bool) -> SequenceLayout {
    one { $0.last(where: isMeant) }
  }

  /// One row of each sequence; its first row where none is meant.
  package func one(_ choose: (Range<Int>) -> Int?) -> SequenceLayout {
    SequenceLayout(
      ranges.map { range in
        let row = choose(range) ?? range.lowerBound
        return row..<min(row + 1, range.upperBound)
      }, of: self)
  }

  /// All rows but the first `count` of each sequence.
  package func dropping(first count: Int) -> SequenceLayout {
    SequenceLayout(ranges.map { $0.dropFirst(count) }, of: self)
  }

  /// The layout of these rows by themselves, as `rows(at:)` copies them.
  package var alone: SequenceLayout {
    SequenceLayout(lengths: ranges.map(\.count), period: period)
  }

  /// The layout of one vector for each sequence, also for those without rows.
  package var pooled: SequenceLayout {
    SequenceLayout(lengths: repeatElement(1, count: count), period: period)
  }

  /// The positions, in sequence `s` of `whole`, of the rows that it has here.
  func positions(_ s: Int, in whole: SequenceLayout) -> Range<Int> {
    let start = whole[s].lowerBound
    return ranges[s].lowerBound - start..<ranges[s].upperBound - start
  }
}

/// Numbers for each row.
extension SequenceLayout {
  /// `value(s, t)` for token t of sequence s, 0 for padding.
  package func perRow(_ value: (_ sequence: Int, _ position: Int) -> Int32) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: rows)
    for (sequence, range) in ranges.enumerated() {
      for row in range { numbers[row] = value(sequence, row - range.lowerBound) }
    }
    return numbers
  }

  /// The weight of each row's token, 0 for padding.
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

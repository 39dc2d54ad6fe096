import TestSupport
import Testing

@testable import Tensors

@Suite struct RelativePositionScoresTests {
  private static let heads = 3
  private static let size = 5
  private static let width = heads * size
  private static let shape = AttentionShape(heads: heads, size: size, scale: 0.7)

  /// A vector that looks random, of a distance.
  private func vector(_ distance: Int, _ seed: UInt64) -> [Float] {
    var samples = Samples(seed: seed &+ UInt64(bitPattern: Int64(distance)))
    return samples.floats(Self.width)
  }

  private func vectors(_ seed: UInt64, tokens: Int) -> DistanceVectors {
    let distances = DistanceVectors.distances(tokens: tokens)
    return DistanceVectors(
      rows: Tensor([distances.count, Self.width], distances.flatMap { vector($0, seed) }),
      tokens: tokens)
  }

  /// What a bias writes for some queries and some keys of one head of one sequence.
  private func filled(
    _ bias: RelativePositionScores, _ q: Tensor, _ k: Tensor, _ head: Int, _ sequence: Range<Int>,
    _ queries: Range<Int>, _ keys: Range<Int>
  ) -> [Float] {
    let count = queries.count * keys.count
    let memory = Storage(count: count + bias.room(tokens: sequence.count))
    guard let scores = memory.floats.baseAddress else { return [] }
    memory.floats.update(repeating: .nan)
    func own(_ pointer: UnsafePointer<Float>) -> Operand {
      Operand(pointer: pointer, stride: Self.width).row(sequence.lowerBound, head * Self.size)
    }
    q.withPointer { q in
      k.withPointer { k in
        bias.fill(
          ScoreBlock(
            head: head, sequence: sequence, queries: queries, keys: keys, q: own(q), k: own(k),
            scores: scores, room: scores + count))
      }
    }
    return Array(memory.floats[..<count])
  }

  private func dot(_ head: Int, _ a: [Float], _ b: [Float]) -> Double {
    (head * Self.size..<(head + 1) * Self.size).reduce(0) { $0 + Double(a[$1]) * Double(b[$1]) }
  }

  /// Sequences, and some queries and keys of one of them.
  private static let cases:
    [(lengths: [Int], sequence: Int, queries: Range<Int>, keys: Range<Int>)] =
      [
        ([1], 0, 0..<1, 0..<1), ([5, 3], 1, 0..<3, 0..<3), ([2, 77], 1, 0..<77, 0..<77),
        ([40, 90, 1], 1, 33..<80, 0..<90), ([70], 0, 60..<70, 31..<68),
      ]

  @Test(arguments: cases) func eachTokenMeetsTheVectorOfItsDistance(
    lengths: [Int], sequence: Int, queries: Range<Int>, keys: Range<Int>
  ) {
    var samples = Samples()
    let layout = SequenceLayout(lengths: lengths)
    let rows = layout[sequence]
    let (q, k) = (
      samples.tensor(layout.rows, Self.width), samples.tensor(layout.rows, Self.width)
    )
    let shift = samples.tensor(Self.width)
    let bias = RelativePositionScores(
      Self.shape, queries: vectors(100, tokens: layout.longest), shift: shift,
      keys: vectors(9000, tokens: layout.longest))
    func row(_ x: Tensor, _ position: Int) -> [Float] {
      let start = (rows.lowerBound + position) * Self.width
      return Array(x.elements[start..<start + Self.width])
    }
    for head in 0..<Self.heads {
      let expected = queries.flatMap { i in
        keys.map { j in
          let shifted = zip(row(q, i), shift.elements).map(+)
          return Float(
            0.7
              * (dot(head, shifted, vector(j - i, 100)) + dot(head, row(k, j), vector(i - j, 9000)))
          )
        }
      }
      expectClose(filled(bias, q, k, head, rows, queries, keys), expected, tolerance: 2e-6)
    }
  }

  @Test func vectorsForLongerTextsGiveTheSameBits() {
    var samples = Samples()
    let q = samples.tensor(60, Self.width)
    func scores(tokens: Int) -> [Float] {
      let vectors = vectors(5, tokens: tokens)
      let bias = RelativePositionScores(Self.shape, queries: vectors, keys: vectors)
      return filled(bias, q, q, 1, 0..<60, 0..<60, 0..<60)
    }
    #expect(scores(tokens: 60) == scores(tokens: 61))
    #expect(scores(tokens: 60) == scores(tokens: 300))
  }

  @Test func segmentsAddOnlyWhereTheyDiffer() {
    var samples = Samples()
    let (q, vectors) = (samples.tensor(6, Self.width), samples.tensor(Self.heads, Self.size))
    let shift = samples.tensor(Self.width)
    let segments: [Int32] = [7, 0, 0, 1, 1, 2]
    let bias = RelativePositionScores(
      Self.shape, queries: nil,
      segments: SegmentScores(vectors, shift: shift, segments: segments))
    for head in 0..<Self.heads {
      let expected = (1..<6).flatMap { i in
        (1..<6).map { j in
          let row = Array(q.elements[i * Self.width..<(i + 1) * Self.width])
          let shifted = zip(row, shift.elements).map(+)
          return segments[i] == segments[j]
            ? 0 : Float(0.7 * dot(head, shifted, vectors.elements))
        }
      }
      // The sequence begins at row 1: row 0 is another's.
      expectClose(filled(bias, q, q, head, 1..<6, 0..<5, 0..<5), expected, tolerance: 1e-6)
    }
  }
}

import Glibc
import TestSupport
import Testing

@testable import Tensors

@Suite struct AttentionTests {
  /// One sequence, head by head, in double precision.
  private func naive(_ q: [Float], _ k: [Float], _ v: [Float], _ width: Int, _ heads: Int)
    -> [Float]
  {
    let (tokens, size) = (q.count / width, width / heads)
    var out = [Float](repeating: 0, count: q.count)
    for head in 0..<heads {
      for i in 0..<tokens {
        let scores = (0..<tokens).map { j in
          (0..<size).reduce(0.0) { sum, c in
            let column = head * size + c
            return sum + Double(q[i * width + column]) * Double(k[j * width + column])
          } / Double(size).squareRoot()
        }
        let top = scores.max() ?? 0
        let weights = scores.map { exp($0 - top) }
        let total = weights.reduce(0, +)
        for c in head * size..<(head + 1) * size {
          out[i * width + c] = Float(
            (0..<tokens).reduce(0.0) { $0 + weights[$1] / total * Double(v[$1 * width + c]) })
        }
      }
    }
    return out
  }

  @Test(arguments: [([1], 32, 4), ([7, 1, 12], 32, 2), ([14, 43], 64, 2), ([300], 32, 1)])
  func eachSequenceAttendsToItselfAlone(lengths: [Int], width: Int, heads: Int) {
    var samples = Samples()
    let layout = SequenceLayout(lengths: lengths)
    let qkv = samples.tensor(layout.rows, 3 * width)
    let out = qkv.attention(layout, AttentionShape(heads: heads, size: width / heads)).elements
    let all = qkv.elements
    for sequence in 0..<layout.count {
      let rows = layout[sequence]
      let pieces = (0..<3).map { part in
        var piece: [Float] = []
        for row in rows {
          let start = (row * 3 + part) * width
          piece += all[start..<start + width]
        }
        return piece
      }
      expectClose(
        Array(out[rows.lowerBound * width..<rows.upperBound * width]),
        naive(pieces[0], pieces[1], pieces[2], width, heads), tolerance: 2e-6)
    }
  }

  @Test func rowsThatAreNobodysAreZero() {
    var samples = Samples()
    let layout = SequenceLayout(lengths: [5, 3], period: 12)
    let x = samples.tensor(layout.rows, 96)
    let out = x.attention(layout, AttentionShape(heads: 4, size: 8)).elements
    #expect(layout.rows == 24)
    for gap in layout.padding {
      #expect(out[gap.lowerBound * 32..<gap.upperBound * 32].allSatisfy { $0 == 0 })
    }
  }

  @Test func aSequencesBitsDoNotDependOnItsCompany() {
    var samples = Samples()
    let own = samples.floats(29 * 96)
    func attended(_ before: Int, _ after: Int) -> [Float] {
      let layout = SequenceLayout(lengths: [before, 29, after])
      var rows = samples.floats(layout.rows * 96)
      let place = layout[1]
      rows.replaceSubrange(place.lowerBound * 96..<place.upperBound * 96, with: own)
      let x = Tensor([layout.rows, 96], rows)
      let out = x.attention(layout, AttentionShape(heads: 4, size: 8)).elements
      return Array(out[place.lowerBound * 32..<place.upperBound * 32])
    }
    let alone = attended(0, 0)
    #expect(attended(3, 100) == alone)
    #expect(attended(57, 1) == alone)
  }
}

import CKernels
import Glibc
import Synchronization

/// Cosines and sines of positions, by which queries and keys are turned (Su et al., 2021).
///
/// Made as far as they are asked for, since the longest text that a model takes may be far longer
/// than any it is given.
package final class RotaryPositions: Sendable {
  /// The turn from one position to the next, of each pair of columns.
  private let frequencies: [Float]
  private let made = Mutex(Tensor([0, 0], []))

  /// Pair i of D/2 turns by 1/θ^(2i/D) from position to position, over `factor`.
  /// - Parameters:
  ///   - size: D, the columns of a head that are turned; even
  ///   - base: θ
  package convenience init(size: Int, base: Float, factor: Float = 1) {
    self.init(
      frequencies: (0..<size / 2).map { index in
        // In float32, each step rounded, as torch computes it.
        1 / powf(base, Float(2 * index) / Float(size)) / factor
      })
  }

  package init(frequencies: [Float]) { self.frequencies = frequencies }

  /// D, the columns that are turned.
  package var size: Int { 2 * frequencies.count }

  /// For each position below `count`, D/2 cosines and then D/2 sines.
  /// - Shapes: → `[count or more, D]`
  func table(_ count: Int) -> Tensor {
    made.withLock { made in
      if made.rows < count {
        // Twice as many, so that growing text by text costs no more than making it once.
        made = Self.table(max(count, 2 * made.rows, 64), frequencies)
      }
      return made
    }
  }

  private static func table(_ count: Int, _ frequencies: [Float]) -> Tensor {
    let half = frequencies.count
    return Tensor([count, 2 * half]) { out in
      for position in 0..<count {
        for (index, frequency) in frequencies.enumerated() {
          let angle = Float(position) * frequency
          out[position * 2 * half + index] = cosf(angle)
          out[position * 2 * half + half + index] = sinf(angle)
        }
      }
    }
  }
}

extension Tensor {
  /// The first columns of each head of queries and keys turned by their token's position, pair
  /// (i, i + D/2) of the D that are turned as a point of the plane; other columns as they are.
  /// - Shapes: queries, keys and values side by side → the same
  func rotated(
    _ positions: RotaryPositions, _ layout: SequenceLayout, _ shape: AttentionShape
  ) -> Tensor {
    precondition(columns == shape.projectedWidth && positions.size <= shape.size)
    let turns = positions.table(layout.longest)
    let heads = shape.heads + shape.keyValueHeads
    return copied { out in
      turns.withPointer { turns in
        for sequence in 0..<layout.count {
          for (position, row) in layout[sequence].enumerated() {
            ck_rotate(
              out + row * columns, turns + position * positions.size, heads, shape.size,
              positions.size)
          }
        }
      }
    }
  }
}

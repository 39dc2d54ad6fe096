import CKernels
import Glibc
import Synchronization

/// Cosines and sines of places, by which queries and keys are turned (Su et al., 2021).
///
/// Made as far as they are asked for, since the longest text that a model takes may be far longer
/// than any it is given.
package final class RotaryPositions: Sendable {
  /// The turn from one place to the next, of each pair of columns.
  private let frequencies: [Float]
  private let made = Mutex(Tensor([0, 0], []))

  /// Pair i of D/2 turns by 1/θ^(2i/D) from place to place, over `factor`.
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

  /// For each place, D/2 cosines and then D/2 sines.
  /// - Shapes: → `[places or more, D]`
  func table(places: Int) -> Tensor {
    made.withLock { made in
      if made.rows < places {
        // Twice as many, so that growing text by text costs no more than making it once.
        made = Self.table(places: max(places, 2 * made.rows, 64), frequencies)
      }
      return made
    }
  }

  private static func table(places: Int, _ frequencies: [Float]) -> Tensor {
    let half = frequencies.count
    return Tensor([places, 2 * half]) { out in
      for place in 0..<places {
        for (index, frequency) in frequencies.enumerated() {
          let angle = Float(place) * frequency
          out[place * 2 * half + index] = cosf(angle)
          out[place * 2 * half + half + index] = sinf(angle)
        }
      }
    }
  }
}

extension Tensor {
  /// The first columns of each of `heads` heads turned by their token's place, pair (i, i + D/2) of
  /// the D that are turned as a point of the plane; other columns as they are.
  /// - Parameters:
  ///   - heads: heads from the first column on, those of queries and of keys
  ///   - size: columns of a head
  /// - Shapes: `[N, columns]` → the same
  package func rotated(
    _ positions: RotaryPositions, _ layout: SequenceLayout, heads: Int, size: Int
  ) -> Tensor {
    precondition(heads * size <= columns && positions.size <= size)
    let turns = positions.table(places: layout.longest)
    return copied { out in
      turns.withPointer { turns in
        for sequence in 0..<layout.count {
          for (place, row) in layout[sequence].enumerated() {
            ck_rotate(
              out + row * columns, turns + place * positions.size, heads, size, positions.size)
          }
        }
      }
    }
  }
}

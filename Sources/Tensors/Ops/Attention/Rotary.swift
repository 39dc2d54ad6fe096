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
  /// What cosines and sines are multiplied by.
  private let scale: Float
  private let longer: Longer?
  private let made = Mutex(Tensor([0, 0], []))
  /// That of the last long text, which all layers ask for.
  private let madeLonger = Mutex<(tokens: Int, table: Tensor)?>(nil)

  /// What turns the tokens of texts of more than `limit` tokens, as their length has it.
  package struct Longer: Sendable {
    let limit: Int
    let positions: @Sendable (_ tokens: Int) -> RotaryPositions

    package init(
      than limit: Int, _ positions: @escaping @Sendable (_ tokens: Int) -> RotaryPositions
    ) {
      (self.limit, self.positions) = (limit, positions)
    }
  }

  /// Pair i of D/2 turns by 1/θ^(2i/D) from position to position, over `factor`.
  /// - Parameters:
  ///   - size: D, the columns of a head that are turned; even
  ///   - base: θ
  package convenience init(size: Int, base: Float, factor: Float = 1) {
    self.init(frequencies: Self.frequencies(size: size, base: base).map { $0 / factor })
  }

  package init(frequencies: [Float], scale: Float = 1, longer: Longer? = nil) {
    (self.frequencies, self.scale, self.longer) = (frequencies, scale, longer)
  }

  /// 1/θ^(2i/D) for each pair i.
  package static func frequencies(size: Int, base: Float) -> [Float] {
    powers(size: size, base: base).map { 1 / $0 }
  }

  /// θ^(2i/D) for each pair i; in float32, each step rounded, as torch computes it.
  package static func powers(size: Int, base: Float) -> [Float] {
    (0..<size / 2).map { powf(base, Float(2 * $0) / Float(size)) }
  }

  /// D, the columns that are turned.
  package var size: Int { 2 * frequencies.count }

  /// For each position of a text of `tokens`, and perhaps more, D/2 cosines and then D/2 sines.
  /// - Shapes: → `[tokens or more, D]`
  package func table(of tokens: Int) -> Tensor {
    if let longer, tokens > longer.limit {
      return madeLonger.withLock { made in
        if let made, made.tokens == tokens { return made.table }
        let positions = longer.positions(tokens)
        precondition(positions.size == size)
        let table = positions.table(of: tokens)
        made = (tokens, table)
        return table
      }
    }
    return made.withLock { made in
      if made.rows < tokens {
        // Twice as many, so that growing text by text costs no more than making it once.
        made = table(rows: max(tokens, 2 * made.rows, 64))
      }
      return made
    }
  }

  private func table(rows: Int) -> Tensor {
    let half = frequencies.count
    return Tensor([rows, 2 * half]) { out in
      for position in 0..<rows {
        for (index, frequency) in frequencies.enumerated() {
          let angle = Float(position) * frequency
          out[position * 2 * half + index] = cosf(angle) * scale
          out[position * 2 * half + half + index] = sinf(angle) * scale
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
    // A token's columns are turned by an angle, so their derivatives are turned back by it.
    return turned(positions, layout, shape, by: ck_rotate).recorded([self]) { dy in
      [dy.turned(positions, layout, shape, by: ck_rotate_back)]
    }
  }

  private func turned(
    _ positions: RotaryPositions, _ layout: SequenceLayout, _ shape: AttentionShape,
    by turn: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int, Int, Int) -> Void
  ) -> Tensor {
    let heads = shape.heads + shape.keyValueHeads
    return copied { out in
      for sequence in 0..<layout.count {
        positions.table(of: layout[sequence].count).withPointer { turns in
          for (position, row) in layout[sequence].enumerated() {
            turn(
              out + row * columns, turns + position * positions.size, heads, shape.size,
              positions.size)
          }
        }
      }
    }
  }
}

import CKernels

/// Which numbers are left out while a model is trained: a function of seed, step, layer, site, text
/// and place, whatever the batching.
package struct Dropout: Sendable {
  /// The share of numbers that are left out: 0 to 1.
  package let rate: Float
  private let texts: [Int]
  private let state: UInt64

  /// - Parameters:
  ///   - site: where in a layer, so that no two places draw the same
  ///   - texts: the number, in its step, of each sequence of the layout
  package init(rate: Float, seed: UInt64, step: Int, layer: Int, site: Int, texts: [Int]) {
    precondition(rate >= 0 && rate <= 1, "a dropout of \(rate)")
    (self.rate, self.texts) = (rate, texts)
    state = [step, layer, site].reduce(Self.mixed(seed, 0), Self.mixed)
  }

  /// What draws for the weights that query `query` of head `head` gives the keys of its sequence.
  func keys(sequence: Int, head: Int, query: Int) -> (low: UInt32, high: UInt32) {
    let place = Self.mixed(Self.mixed(state, texts[sequence]), head << 32 | query)
    return (UInt32(truncatingIfNeeded: place), UInt32(truncatingIfNeeded: place >> 32))
  }

  /// What draws for a row of a layout.
  func keys(sequence: Int, position: Int) -> (low: UInt32, high: UInt32) {
    keys(sequence: sequence, head: 0, query: position)
  }

  /// A number is kept where the 32 bits drawn for it are no less.
  var threshold: UInt32 { UInt32(exactly: (Double(rate) * 0x1p32).rounded()) ?? .max }
  /// What kept numbers are multiplied by, so that their mean stays.
  var factor: Float { rate < 1 ? 1 / (1 - rate) : 0 }

  /// Whether what is drawn for once, as a whole, is left out.
  package var isHit: Bool { keys(sequence: 0, position: 0).low < threshold || rate == 1 }

  /// The finaliser of splitmix64 (Steele et al., 2014) of both.
  private static func mixed(_ state: UInt64, _ number: Int) -> UInt64 {
    var z = (state ^ UInt64(bitPattern: Int64(number))) &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

extension Tensor {
  /// Some numbers 0, the others larger for it; itself without a dropout. Rows of padding stay.
  /// - Shapes: `[N, H]` → `[N, H]`
  package func dropped(_ dropout: Dropout?, _ layout: SequenceLayout) -> Tensor {
    guard let dropout else { return self }
    // y = x ⊙ mask, so dx = dy ⊙ mask, which is drawn again.
    return masked(dropout, layout).recorded([self]) { dy in [dy.masked(dropout, layout)] }
  }

  private func masked(_ dropout: Dropout, _ layout: SequenceLayout) -> Tensor {
    let columns = columns
    precondition(layout.rows * columns == count, "\(layout.rows) rows in a layout of \(shape)")
    return copied { out in
      for sequence in 0..<layout.count {
        for (position, row) in layout[sequence].enumerated() {
          let keys = dropout.keys(sequence: sequence, position: position)
          ck_drop_out(
            out + row * columns, columns, keys.low, keys.high, dropout.threshold, dropout.factor)
        }
      }
    }
  }
}

import CKernels

extension Tensor {
  /// One direction of an LSTM over each sequence (Hochreiter and Schmidhuber, 1997; gates in
  /// PyTorch's order: input, forget, cell, output), step by step for all sequences together.
  ///
  /// The rows of a step's product lie as a layout has them, so that a sequence has the same bits in
  /// any batch.
  /// - Parameters:
  ///   - self: what the inputs contribute to the gates
  ///   - recurrent: `[4H, H]`, with its bias `[4H]`
  /// - Shapes: self `[N, 4H]` → `[N, H]`
  package func recurred(
    _ recurrent: Weight, bias: Tensor, over layout: SequenceLayout, backwards: Bool
  ) -> Tensor {
    let size = recurrent.inputs
    precondition(columns == 4 * size && recurrent.outputs == columns, "gates of \(columns)")
    // Longest first: who still has tokens is then always at the front.
    let order = (0..<layout.count).sorted { (layout[$0].count, $1) > (layout[$1].count, $0) }
    var state = LSTMState(sequences: layout.count, size: size)
    return Tensor([rows, size]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      for step in 0..<layout.longest {
        let rows = order.prefix { layout[$0].count > step }.map { sequence in
          backwards
            ? layout[sequence].upperBound - 1 - step : layout[sequence].lowerBound + step
        }
        state = state.next(self, at: rows, recurrent, bias)
        state.hidden.withPointer { hidden in
          for (index, row) in rows.enumerated() {
            (out + row * size).update(from: hidden + index * size, count: size)
          }
        }
      }
    }
  }
}

/// What an LSTM remembers of sequences between two tokens: hidden and cells `[B, H]`.
private struct LSTMState {
  let hidden, cells: Tensor

  init(sequences: Int, size: Int) {
    hidden = Tensor([sequences, size]) { $0.update(repeating: 0) }
    cells = hidden
  }

  private init(hidden: Tensor, cells: Tensor) { (self.hidden, self.cells) = (hidden, cells) }

  /// The state of the first k sequences after the tokens whose gates are in `rows`.
  func next(_ inputs: Tensor, at rows: [Int], _ recurrent: Weight, _ bias: Tensor) -> Self {
    let (count, size) = (rows.count, recurrent.inputs)
    let layout = SequenceLayout(vectors: count)
    let remembered = hidden.rows(0..<count).vectors(as: layout).linear(recurrent, bias: bias)
      .vectors(at: layout)
    let gates = Self.gates(inputs, at: rows, remembered)
    let cells = Tensor([count, size]) { out in
      gates.withFloats { gates in
        self.cells.withFloats { old in
          for index in out.indices {
            let gate = index / size * 4 * size + index % size
            // c' = f · c + i · g
            out[index] = gates[gate + size] * old[index] + gates[gate] * gates[gate + 2 * size]
          }
        }
      }
    }
    let hidden = Tensor([count, size]) { out in
      cells.withFloats { _ = out.initialize(from: $0) }
      ck_tanh(out.baseAddress, count, size)
      gates.withFloats { gates in
        for index in out.indices {
          // h' = o · tanh(c')
          out[index] *= gates[index / size * 4 * size + index % size + 3 * size]
        }
      }
    }
    return LSTMState(hidden: hidden, cells: cells)
  }

  /// σ of the input, forget and output gates and tanh of the cell's.
  /// - Shapes: k rows of inputs, and remembered `[k, 4H]` → `[k, 4H]`
  private static func gates(_ inputs: Tensor, at rows: [Int], _ remembered: Tensor) -> Tensor {
    let columns = inputs.columns
    let size = columns / 4
    return Tensor([rows.count, columns]) { out in
      guard let out = out.baseAddress else { return }
      inputs.withPointer { inputs in
        remembered.withPointer { remembered in
          for (index, row) in rows.enumerated() {
            let gates = out + index * columns
            for column in 0..<columns {
              gates[column] = inputs[row * columns + column] + remembered[index * columns + column]
            }
            ck_sigmoid(gates, 1, 2 * size)
            ck_tanh(gates + 2 * size, 1, size)
            ck_sigmoid(gates + 3 * size, 1, size)
          }
        }
      }
    }
  }
}

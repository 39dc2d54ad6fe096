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
    let source = recurrent.source
    let isTracked = [self, source, bias].contains { $0?.isTracked ?? false }
    let (inputs, weight, weightBias) = (untracked, recurrent.untracked, bias.untracked)
    var state = LSTMState(sequences: layout.count, size: size)
    var steps: [LSTMStep] = []
    let y = Tensor([rows, size]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      for step in 0..<layout.longest {
        let rows = order.prefix { layout[$0].count > step }.map { sequence in
          backwards
            ? layout[sequence].upperBound - 1 - step : layout[sequence].lowerBound + step
        }
        let step = state.next(inputs, at: rows, weight, weightBias)
        if isTracked { steps.append(step) }
        state = step.state
        state.hidden.put(at: rows, into: out)
      }
    }
    return y.recorded([self, source, bias]) { [steps] dy in
      guard let source else { preconditionFailure("a weight that is not trained") }
      return dy.slopes(through: steps, source)
    }
  }

  /// The way back, from the last step to the first. With z = x + h Wᵀ + b, where h is what the step
  /// before remembered, dx = dz, dW = Σ dzᵀ h, db = Σ dz, and that step's dh = dz W.
  /// - Shapes: self `[N, H]`, weight `[4H, H]` → by the inputs `[N, 4H]`, the weight, the bias `[4H]`
  private func slopes(through steps: [LSTMStep], _ weight: Tensor) -> [Tensor] {
    let size = columns
    let turned = Weight(rows: weight.untracked.transposed())
    var remembered = Tensor.zeros([rows, size])
    let dx = Tensor([rows, 4 * size]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      remembered = remembered.copied { remembered in
        var later = LSTMState(sequences: 0, size: size)
        for step in steps.reversed() {
          let (dz, dCells) = step.slopes(rows(step.rows), later)
          later = LSTMState(hidden: dz.linear(turned, bias: nil), cells: dCells)
          dz.put(at: step.rows, into: out)
          step.before.hidden.put(at: step.rows, into: remembered)
        }
      }
    }
    let dWeight = dx.transposed().linear(Weight(rows: remembered.transposed()), bias: nil)
    return [dx, dWeight, dx.sumOfRows()]
  }

  /// Writes its rows over some of a larger tensor's.
  fileprivate func put(at rows: [Int], into out: UnsafeMutablePointer<Float>) {
    withPointer { x in
      for (index, row) in rows.enumerated() {
        (out + row * columns).update(from: x + index * columns, count: columns)
      }
    }
  }
}

/// What an LSTM remembers of sequences between two tokens, or the derivatives by that: hidden and
/// cells `[B, H]`.
private struct LSTMState {
  let hidden, cells: Tensor

  init(sequences: Int, size: Int) {
    hidden = .zeros([sequences, size])
    cells = hidden
  }

  init(hidden: Tensor, cells: Tensor) { (self.hidden, self.cells) = (hidden, cells) }

  /// The first k sequences' step over the tokens whose gates are in `rows`.
  func next(_ inputs: Tensor, at rows: [Int], _ recurrent: Weight, _ bias: Tensor) -> LSTMStep {
    let (count, size) = (rows.count, recurrent.inputs)
    let layout = SequenceLayout(vectors: count)
    let before = LSTMState(hidden: hidden.rows(0..<count), cells: cells.rows(0..<count))
    let remembered = before.hidden.vectors(as: layout).linear(recurrent, bias: bias)
      .vectors(at: layout)
    let gates = Self.gates(inputs, at: rows, remembered)
    let cells = Tensor([count, size]) { out in
      gates.withFloats { gates in
        before.cells.withFloats { old in
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
    return LSTMStep(
      rows: rows, before: before, gates: gates, state: LSTMState(hidden: hidden, cells: cells))
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

/// One token of each of k sequences, as the way back needs it.
private struct LSTMStep: Sendable {
  /// The tokens' rows.
  let rows: [Int]
  let before: LSTMState
  /// i, f, g and o: `[k, 4H]`
  let gates: Tensor
  let state: LSTMState

  /// The derivatives by the gates before σ and tanh, and by the cells before this step.
  /// - Parameters:
  ///   - dy: by what this step gave, `[k, H]`
  ///   - later: by its state, of those first sequences that go on
  func slopes(_ dy: Tensor, _ later: LSTMState) -> (gates: Tensor, cells: Tensor) {
    let (count, size) = (rows.count, dy.columns)
    let tanhs = state.cells.copied { ck_tanh($0, count, size) }
    let goingOn = later.cells.count
    var dCells = dy
    let dGates = Tensor([count, 4 * size]) { out in
      dCells = dy.copied { dCells in
        [gates, tanhs, before.cells, later.hidden, later.cells].withPointers { kept in
          let (gates, tanhs, cells) = (kept[0], kept[1], kept[2])
          for index in 0..<count * size {
            let gate = index / size * 4 * size + index % size
            let (i, f) = (gates[gate], gates[gate + size])
            let (g, o) = (gates[gate + 2 * size], gates[gate + 3 * size])
            let dHidden = dCells[index] + (index < goingOn ? kept[3][index] : 0)
            // h' = o · tanh(c') and c' = f · c + i · g
            let dCell =
              dHidden * o * (1 - tanhs[index] * tanhs[index])
              + (index < goingOn ? kept[4][index] : 0)
            out[gate] = dCell * g * i * (1 - i)
            out[gate + size] = dCell * cells[index] * f * (1 - f)
            out[gate + 2 * size] = dCell * i * (1 - g * g)
            out[gate + 3 * size] = dHidden * tanhs[index] * o * (1 - o)
            dCells[index] = dCell * f
          }
        }
      }
    }
    return (dGates, dCells)
  }
}

extension [Tensor] {
  /// Lends all their addresses.
  fileprivate func withPointers(_ body: ([UnsafePointer<Float>]) -> Void) {
    func lend(_ rest: ArraySlice<Tensor>, _ lent: [UnsafePointer<Float>]) {
      guard let first = rest.first else { return body(lent) }
      first.withPointer { lend(rest.dropFirst(), lent + [$0]) }
    }
    lend(self[...], [])
  }
}

import CKernels
import Glibc

/// What becomes of each output of a product in the rows of a sequence: with f(x) = max(x, 0), or
/// log(1 + max(x, 0)), or the logarithm of 1 more than that, the largest f or the sum of all.
package struct LogPooling: Sendable {
  package enum Reduction: Sendable { case max, sum }

  let reduction: Reduction
  /// How often the logarithm is taken.
  let logarithms: Int
  /// c, where x is first bent to c · tanh(x / c).
  let cap: Float?

  package init(_ reduction: Reduction, logarithms: Int, cap: Float? = nil) {
    (self.reduction, self.logarithms, self.cap) = (reduction, logarithms, cap)
  }

  /// f(x) of an x that is above 0, to 3 ulp.
  private func callAsFunction(_ x: Float) -> Float {
    let bent = cap.map { $0 * tanhf(x / $0) } ?? x
    return (0..<logarithms).reduce(bent) { y, _ in log1pf(y) }
  }

  /// Takes up the outputs of one more row.
  /// - Parameters:
  ///   - number: the row's
  ///   - places: where the numbers of the rows with the largest outputs go, if somebody wants them
  fileprivate func add(
    _ row: UnsafePointer<Float>, _ number: Int, to out: UnsafeMutablePointer<Float>,
    _ places: UnsafeMutablePointer<Int32>?, count: Int
  ) {
    switch (reduction, places) {
    // f never falls, so the largest f is f of the largest: taken once, in `finish`.
    case (.max, nil): ck_raise(out, row, count)
    case (.max, let places?):
      ck_raise_at(out, places, row, Int32(truncatingIfNeeded: number), count)
    // What is not above 0 adds nothing, but NaN is kept.
    case (.sum, _):
      for index in 0..<count where !(row[index] <= 0) { out[index] += self(row[index]) }
    }
  }

  /// Makes the results of what all rows have left.
  fileprivate func finish(_ out: UnsafeMutablePointer<Float>, count: Int) {
    guard reduction == .max else { return }
    for index in 0..<count where !(out[index] <= 0) { out[index] = self(out[index]) }
  }
}

extension Tensor {
  /// The outputs of several layers side by side, pooled over each sequence and never kept: what
  /// there is of them at a time is `Matmul.blockRows` rows of one layer. Each sequence's bits are
  /// the same whatever sequences are beside it; one without rows gives zeros.
  /// - Parameters:
  ///   - layers: which take the same inputs, in the same format
  ///   - sequences: those that are asked for
  ///   - source: the table of all layers' weights and their biases, which derivatives are by; where
  ///     there is none, there is no way back
  /// - Shapes: `[N, inputs]` → `[sequences, outputs of all layers]`
  package func pooledLinear(
    _ layers: [Linear], over layout: SequenceLayout, _ sequences: Range<Int>,
    by pooling: LogPooling, source: (table: Tensor, bias: Tensor?)? = nil
  ) -> Tensor {
    let operands = [self, source?.table, source?.bias]
    guard let source, operands.contains(where: { $0?.isTracked ?? false }), !Node.isPaused else {
      return pooledLinear(layers, over: layout, sequences, by: pooling, places: nil)
    }
    let width = layers.reduce(0) { $0 + $1.weight.outputs }
    var places = [Int32](
      repeating: 0, count: pooling.reduction == .max ? sequences.count * width : 0)
    let y = places.withUnsafeMutableBufferPointer { places in
      pooledLinear(
        layers, over: layout, sequences, by: pooling,
        places: pooling.reduction == .max ? places.baseAddress : nil)
    }
    let slopes = PooledLinearSlopes(
      x: untracked, table: source.table.untracked, layers: layers, layout: layout,
      sequences: sequences, pooling: pooling, y: y, places: places,
      isWanted: operands.map { $0?.isTracked ?? false })
    return y.recorded(operands) { slopes($0) }
  }

  private func pooledLinear(
    _ layers: [Linear], over layout: SequenceLayout, _ sequences: Range<Int>,
    by pooling: LogPooling, places: UnsafeMutablePointer<Int32>?
  ) -> Tensor {
    precondition(layout.rows == rows && sequences.upperBound <= layout.count, "another layout")
    let width = layers.reduce(0) { $0 + $1.weight.outputs }
    var offsets: [Int] = []
    for layer in layers { offsets.append((offsets.last ?? 0) + layer.weight.outputs) }
    let (ends, chunks) = (offsets, operandChunks(of: layout, sequences, for: layers[0].weight))
    return Tensor([sequences.count, width]) { out in
      out.update(repeating: 0)
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      nonisolated(unsafe) let places = places
      Parallel.split(layers.count, unit: 1) { part in
        Parallel.sharing(1) {
          for (layer, end) in zip(layers[part], ends[part]) {
            let outputs = layer.weight.outputs
            let column = end - outputs
            for chunk in chunks {
              chunk.times(layer).withPointer { product in
                for (row, sequence) in chunk.sequences {
                  let place = sequence * width + column
                  pooling.add(
                    product + row * outputs, chunk.start + row, to: out + place,
                    places.map { $0 + place }, count: outputs)
                }
              }
            }
            for sequence in 0..<sequences.count {
              pooling.finish(out + sequence * width + column, count: outputs)
            }
          }
        }
      }
    }
  }

  /// The rows from the first to the last of some sequences, in parts that go through a product
  /// together.
  private func operandChunks(
    of layout: SequenceLayout, _ sequences: Range<Int>, for weight: Weight
  ) -> [OperandChunk] {
    let filled = sequences.map { layout[$0] }.filter { !$0.isEmpty }
    guard let first = filled.first?.lowerBound, let end = filled.last?.upperBound else { return [] }
    // Rows keep their places modulo the period of the products.
    let start = first / Matmul.rowPeriod * Matmul.rowPeriod
    return stride(from: start, to: end, by: Matmul.blockRows).map { start in
      let rows = start..<min(start + Matmul.blockRows, end)
      let owners = sequences.flatMap { sequence in
        layout[sequence].clamped(to: rows).map {
          (row: $0 - rows.lowerBound, sequence: sequence - sequences.lowerBound)
        }
      }
      return OperandChunk(
        view(rows: rows), from: rows.lowerBound, sequences: owners, for: weight)
    }
  }
}

/// Rows that are multiplied by one layer after the other, packed once where the format asks for it.
private struct OperandChunk: Sendable {
  /// Of each row that counts, its sequence.
  let sequences: [(row: Int, sequence: Int)]
  /// The number of its first row.
  let start: Int
  private let rows: Tensor
  private let packed: PackedRows?

  init(
    _ rows: Tensor, from start: Int, sequences: [(row: Int, sequence: Int)], for weight: Weight
  ) {
    (self.rows, self.start, self.sequences) = (rows, start, sequences)
    guard weight.format != .float32 else {
      packed = nil
      return
    }
    let packed = PackedRows(rows: rows.rows, columns: rows.columns, for: weight.packed)
    rows.withPointer { packed.fill($0, rows: rows.rows) }
    self.packed = packed
  }

  /// - Shapes: → `[rows, outputs]`
  func times(_ layer: Linear) -> Tensor {
    packed.map { Tensor.packedLinear($0, rows: rows.rows, layer, adding: nil) }
      ?? rows.linear(layer)
  }
}

import CKernels
import Glibc

/// The way back through `pooledLinear`. Memory holds, beside the derivatives, no more than the outputs
/// of one layer; of the largest outputs not even these, as each has one row that it came from.
struct PooledLinearSlopes: Sendable {
  /// `[N, inputs]`
  let x: Tensor
  /// `[outputs of all layers, inputs]`
  let table: Tensor
  let layers: [Linear]
  let layout: SequenceLayout
  let sequences: Range<Int>
  let pooling: LogPooling
  /// What came of it: `[sequences, outputs]`.
  let y: Tensor
  /// The row that each largest output came from, the first of equals; empty for sums.
  let places: [Int32]
  /// Whether derivatives by x, by the table and by the biases are wanted.
  let isWanted: [Bool]

  /// - Shapes: `[sequences, outputs]` → `[N, inputs]`, `[outputs, inputs]`, `[outputs]`
  func callAsFunction(_ dy: Tensor) -> [Tensor?] {
    guard pooling.reduction == .max else { return ofSums(dy) }
    // y = f(x · w + b) of one row x, so with g = dy f′: dx += g w, dw += g x, db += g.
    let slopes = ofLargest(dy)
    return [
      isWanted[0] ? byRows(slopes) : nil, isWanted[1] ? byTable(slopes) : nil,
      isWanted[2] ? slopes.sumOfRows() : nil,
    ]
  }

  /// The derivatives by the outputs that are the largest; 0 where none is above 0.
  private func ofLargest(_ dy: Tensor) -> Tensor {
    let width = dy.columns
    return Tensor(dy.shape) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      dy.withPointer { dy in
        y.withPointer { y in
          nonisolated(unsafe) let dy = dy
          nonisolated(unsafe) let y = y
          Parallel.split(sequences.count, unit: 1) { part in
            for index in part.lowerBound * width..<part.upperBound * width {
              out[index] =
                y[index] > 0 && dy[index] != 0 ? dy[index] * pooling.slope(result: y[index]) : 0
            }
          }
        }
      }
    }
  }

  // Rows of the table that are worked on together: of a few hundred numbers, they stay in the cache.
  private static let blockRows = 256

  /// Calls `body` for those of a block of a sequence's outputs that have a derivative.
  /// - Parameter body: gets the output, the row that it came from, and its derivative
  @inline(__always)
  private func forEach(
    _ block: Range<Int>, of sequence: Int, _ slopes: UnsafePointer<Float>, _ width: Int,
    _ body: (Int, Int, Float) -> Void
  ) {
    for entry in block {
      let place = sequence * width + entry
      guard slopes[place] != 0 else { continue }
      body(entry, Int(places[place]), slopes[place])
    }
  }

  /// - Shapes: → `[N, inputs]`
  private func byRows(_ slopes: Tensor) -> Tensor {
    let (width, inputs) = (slopes.columns, x.columns)
    return Tensor(x.shape) { out in
      out.update(repeating: 0)
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      slopes.withPointer { slopes in
        table.withPointer { table in
          nonisolated(unsafe) let slopes = slopes
          nonisolated(unsafe) let table = table
          // A sequence's rows take their terms in the order of the table, on any number of threads.
          Parallel.split(sequences.count, unit: 1) { part in
            for block in stride(from: 0, to: width, by: Self.blockRows) {
              for sequence in part {
                let block = block..<min(block + Self.blockRows, width)
                forEach(block, of: sequence, slopes, width) { entry, row, slope in
                  ck_add_scaled(out + row * inputs, table + entry * inputs, slope, inputs)
                }
              }
            }
          }
        }
      }
    }
  }

  /// - Shapes: → `[outputs, inputs]`
  private func byTable(_ slopes: Tensor) -> Tensor {
    let (width, inputs) = (slopes.columns, x.columns)
    return Tensor([width, inputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      slopes.withPointer { slopes in
        x.withPointer { x in
          nonisolated(unsafe) let slopes = slopes
          nonisolated(unsafe) let x = x
          Parallel.split(width, unit: Self.blockRows) { part in
            for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.blockRows) {
              let block = start..<min(start + Self.blockRows, part.upperBound)
              (out + start * inputs).update(repeating: 0, count: block.count * inputs)
              for sequence in 0..<sequences.count {
                forEach(block, of: sequence, slopes, width) { entry, row, slope in
                  ck_add_scaled(out + entry * inputs, x + row * inputs, slope, inputs)
                }
              }
            }
          }
        }
      }
    }
  }
}

// Sums, of which every row has a part.
extension PooledLinearSlopes {
  /// Makes the outputs of one layer after the other again.
  private func ofSums(_ dy: Tensor) -> [Tensor?] {
    var byRows = Tensor.zeros(x.shape)
    var (tables, biases): ([Tensor], [Tensor]) = ([], [])
    var start = 0
    for layer in layers {
      let slopes = slopes(of: layer, from: start, dy)
      if isWanted[0] { byRows.accumulate(slopes.times(layer.weight)) }
      if isWanted[1] { tables.append(slopes.outer(x, as: layer.weight.format)) }
      if isWanted[2] { biases.append(slopes.sumOfRows()) }
      start += layer.weight.outputs
    }
    return [
      isWanted[0] ? byRows : nil, isWanted[1] ? Tensor.stacked(tables) : nil,
      isWanted[2] ? Tensor.joined(biases) : nil,
    ]
  }

  /// The derivatives by a layer's outputs in all rows.
  /// - Parameter start: the number of its first output among those of all layers
  /// - Shapes: → `[N, outputs]`
  private func slopes(of layer: Linear, from start: Int, _ dy: Tensor) -> Tensor {
    let outputs = layer.weight.outputs
    let products = x.linear(layer)
    return Tensor(products.shape) { out in
      out.update(repeating: 0)
      products.withFloats { x in
        dy.withFloats { dy in
          for sequence in sequences {
            let own = (sequence - sequences.lowerBound) * dy.count / max(1, y.rows) + start
            for row in layout[sequence] {
              for output in 0..<outputs where x[row * outputs + output] > 0 {
                let place = row * outputs + output
                out[place] = dy[own + output] * pooling.slope(at: x[place])
              }
            }
          }
        }
      }
    }
  }
}

extension LogPooling {
  /// f′(x) of an x that is above 0.
  fileprivate func slope(at x: Float) -> Float {
    let bent = cap.map { $0 * tanhf(x / $0) } ?? x
    var (slope, y) = (bending(bent), bent)
    for _ in 0..<logarithms {
      slope /= 1 + y
      y = log1pf(y)
    }
    return slope
  }

  /// f′(x) where f(x) is `result`, which is above 0.
  fileprivate func slope(result: Float) -> Float {
    // y = log(1 + u), so 1/(1 + u) = exp(−y), and u = exp(y) − 1.
    var (slope, y) = (Float(1), result)
    for below in (0..<logarithms).reversed() {
      slope *= expf(-y)
      // What the innermost logarithm was taken of is asked for where it was bent alone.
      if below > 0 || cap != nil { y = expm1f(y) }
    }
    return slope * bending(y)
  }

  /// The slope of c · tanh(x / c) where it is `bent`; 1 without a c.
  private func bending(_ bent: Float) -> Float {
    cap.map { 1 - bent / $0 * (bent / $0) } ?? 1
  }
}

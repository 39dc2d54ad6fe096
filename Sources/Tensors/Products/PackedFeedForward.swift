/// A feed-forward layer of packed weights. A block of rows goes all the way before the next one
/// starts, so that what lies in between stays in the cache.
struct PackedFeedForward: Sendable {
  private let gate: PackedProduct?
  private let up, down: PackedProduct
  private let inner, outputs: Int

  init(gate: Linear?, up: Linear, down: Linear, _ activation: Activation) {
    self.gate = gate.map { PackedProduct($0, activation) }
    self.up = PackedProduct(up, gate == nil ? activation : .none)
    self.down = PackedProduct(down)
    (inner, outputs) = (up.weight.outputs, down.weight.outputs)
  }

  func callAsFunction(_ x: Tensor, adding residual: Tensor?) -> Tensor {
    Tensor([x.rows, outputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      x.eachPackedBlock(parts: up.parts) {
        Run(gate, up, down, inner: inner, rows: $0)
      } body: {
        (run: inout Run, x, count, start) in
        residual.withPart(from: start * outputs) { residual in
          run(x, rows: count, adding: residual, into: out + start * outputs)
        }
      }
    }
  }

  /// The three products, and what lies between them.
  private struct Run {
    private var gate: PackedProduct?
    private var up, down: PackedProduct
    private let packed, innerRows: PackedRows
    private let scratch: PackedScratch
    /// `[rows, F]`: what the gate lets through.
    private let gates: Storage
    /// `[rows, F]`: what goes down, where rows must be there as a whole to be scaled to 8 bits; in
    /// bfloat16, whose rounding is the finer but for numbers near the row's largest.
    private let whole: Storage?

    init(
      _ gate: PackedProduct?, _ up: PackedProduct, _ down: PackedProduct, inner: Int, rows: Int
    ) {
      (self.gate, self.up, self.down) = (gate, up, down)
      scratch = PackedScratch(rows: rows, for: [gate, up, down])
      packed = PackedRows(rows: rows, columns: up.inputs, for: up.weight)
      innerRows = PackedRows(rows: rows, columns: inner, for: down.weight)
      gates = Storage(count: gate == nil ? 0 : rows * inner)
      whole = innerRows.format == .uint8 ? Storage(count: (rows * inner + 1) / 2) : nil
      self.gate?.write(to: gates.floats.baseAddress)
      if let whole {
        self.up.write(bfloat16: whole.halves)
      } else {
        self.up.write(packed: innerRows)
      }
    }

    mutating func callAsFunction(
      _ x: UnsafePointer<Float>, rows: Int, adding residual: UnsafePointer<Float>?,
      into out: UnsafeMutablePointer<Float>
    ) {
      packed.fill(x, rows: rows)
      if gate != nil {
        gate?(packed, rows: rows, scratch)
        up.multiply(by: gates.floats.baseAddress.map { UnsafePointer($0) })
      }
      up(packed, rows: rows, scratch)
      if let halves = whole?.halves { innerRows.fill(bfloat16: halves, rows: rows) }
      down.write(to: out)
      down.add(residual)
      down(innerRows, rows: rows, scratch)
      withExtendedLifetime((gates, whole)) {}
    }
  }
}

package import Tensors

extension Linear {
  /// The layer whose `weight` and `bias` lie at this point of a checkpoint.
  package init(_ weights: Weights, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws {
    self.init(
      weight: try weights.matrix("weight", outputs, inputs),
      bias: bias ? try weights.vector("bias", outputs) : nil)
  }

  /// Several layers that take the same input, as one: their outputs side by side.
  init(
    _ weights: Weights, _ inputs: Int, stacking parts: [(name: String, outputs: Int)],
    bias: Bool = true
  ) throws {
    self.init(
      weight: try weights.stacked(parts.map { ($0.name + ".weight", $0.outputs) }, inputs),
      bias: bias ? try weights.stackedVectors(parts.map { ($0.name + ".bias", $0.outputs) }) : nil)
  }

  /// The two halves of one layer's outputs.
  static func halves(
    _ weights: Weights, _ inputs: Int, _ outputs: Int, bias: Bool
  ) throws -> (first: Linear, second: Linear) {
    let rows = try weights.table("weight", 2 * outputs, inputs)
    try weights.checkRoom(rows.count, of: "weight")
    let sums = bias ? try weights.vector("bias", 2 * outputs).reshaped([2, outputs]) : nil
    func half(_ index: Int) throws -> Linear {
      Linear(
        weight: try weights.weight(rows.rows(index * outputs..<(index + 1) * outputs), "weight"),
        bias: sums?.rows(index..<index + 1).reshaped([outputs]))
    }
    return try (half(0), half(1))
  }
}

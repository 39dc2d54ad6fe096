import ModelFiles
package import Tensors

/// Matrices that products are with, in the form that the precision asks for.
extension Weights {
  // What goes into a product may be several tokens side by side, as before a convolution.
  private static let mostInputs = 1 << 20
  // Of 8 bits, the sum of so many products of 255 and 127 fits in 32.
  private static let mostBytes = Int(Int32.max) / (255 * 127)

  /// Rows to multiply by, in the form that the precision asks for.
  /// - Parameter name: of the tensor that they are, or of the first of several, for errors
  package func weight(_ rows: Tensor, _ name: String) throws -> Weight {
    try checkExtents(rows.rows, rows.columns, name)
    try checkRoom(rows.count, of: name, bytes: precision.packedBytes)
    return Weight(rows: rows, precision, isTrained: !trained.isEmpty)
  }

  func checkExtents(_ outputs: Int, _ inputs: Int, _ name: String) throws {
    let most = precision == .int8 ? Self.mostBytes : Self.mostInputs
    guard outputs <= ModelConfig.widest, inputs <= most else {
      throw FileError(
        "\(place(of: name)) makes \(outputs) numbers of \(inputs); at most \(ModelConfig.widest) of "
          + "\(most) are computed" + (precision == .int8 ? " in int8; take another precision" : ""))
    }
  }

  /// A tall matrix to multiply by, as blocks of its rows, which in float32 stay where they are.
  /// - Parameter count: how many rows a block has; the last may have fewer
  package func blocks(of table: Tensor, rows count: Int, _ name: String) throws -> [Weight] {
    try checkRoom(table.count, of: name, bytes: precision.packedBytes)
    return try stride(from: 0, to: table.rows, by: count).map {
      try weight(table.view(rows: $0..<min($0 + count, table.rows)), name)
    }
  }

  /// A matrix to multiply by: `[rows, columns]`, outputs by inputs.
  package func matrix(_ name: String, _ rows: Int, _ columns: Int) throws -> Weight {
    try product(of: [(name, rows)], columns) { try $0.tensor(name, [rows, columns]) }
  }

  /// Several matrices as one, their rows one below the other: Q, K and V, which then are one
  /// product.
  package func stacked(_ parts: [(name: String, rows: Int)], _ columns: Int) throws -> Weight {
    try product(of: parts, columns) { weights in
      let tensors = try parts.map { try weights.tensor($0.name, [$0.rows, columns]) }
      try checkRoom(tensors.reduce(0) { $0 + $1.count }, of: parts[0].name)
      return Tensor.stacked(tensors)
    }
  }

  /// What a product is with: where the file has it as the kernels take it, that, else what is made of
  /// `floats`. Changes that are trained, or are of what stays in a file, are computed beside it.
  private func product(
    of parts: [(name: String, rows: Int)], _ columns: Int, _ floats: (Weights) throws -> Tensor
  ) throws -> Weight {
    let changes = changes(of: parts)
    if let found = try keptWeight(parts, columns) ?? storedWeight(parts, columns) {
      note(parts, found)
      return found.changed(by: changes)
    }
    guard changes.contains(where: { $0.change.isTracked }) else {
      let weight = try weight(floats(self), parts[0].name)
      note(parts, weight)
      return weight
    }
    let unchanged = with(TrainedTensors(trained.tensors))
    return try weight(floats(unchanged), parts[0].name).changed(by: changes)
  }

  /// The changes of matrices that lie one below the other, and where theirs begins.
  private func changes(
    of parts: [(name: String, rows: Int)]
  ) -> [(first: Int, change: LowRank)] {
    var (changes, first): ([(first: Int, change: LowRank)], Int) = ([], 0)
    for part in parts {
      if let change = trained.changes[prefix + part.name] { changes.append((first, change)) }
      first += part.rows
    }
    return changes
  }

  /// The kernels of a convolution along a text, as a matrix over `width` tokens side by side.
  /// - Shapes: `[outputs, inputs, width]` → `[outputs, width · inputs]`
  package func convolution(
    _ name: String, outputs: Int, inputs: Int, width: Int
  ) throws -> Weight {
    let stored = try tensor(name, [outputs, inputs, width])
    try checkRoom(stored.count, of: name)
    return try weight(
      stored.transposed(eachOf: outputs).reshaped([outputs, width * inputs]), name)
  }
}

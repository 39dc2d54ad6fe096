import ModelFiles

/// Tensors that a file holds once more under another name, as a table that is also the weight of a
/// language model's head: what is trained under one name changes under both.
struct TiedTensors {
  /// By the name of the second copy, that of the first.
  private var names: [String: String] = [:]

  /// - Parameter isTrained: whether the vectors depend on the tensor of a name
  init(in file: TensorFile, isTrained: (String) -> Bool) throws {
    // Vectors are often all zeros or ones, which says nothing.
    let matrices = file.names.compactMap { file[$0] }.filter { $0.shape.count > 1 }
    let trained = Dictionary(grouping: matrices.filter { isTrained($0.name) }, by: \.shape)
    for matrix in matrices where !isTrained(matrix.name) {
      names[matrix.name] = try trained[matrix.shape]?.first { try Self.isSame($0, matrix) }?.name
    }
  }

  /// The name of the tensor that this one is a copy of.
  subscript(_ name: String) -> String? { names[name] }

  private static func isSame(_ a: RawTensor, _ b: RawTensor) throws -> Bool {
    guard a.type == b.type else { return false }
    return try a.withBytes { a in try b.withBytes { b in a.elementsEqual(b) } }
  }
}

package import ModelFiles
package import Tensors

/// The numbers that a run needs to go on with the same bits, beside what its options and data say:
/// the weights as they are worked on, AdamW's moments and counts.
package struct TrainingState: Sendable {
  package var floats: [(name: String, values: Tensor)]
  package var integers: [(name: String, values: [Int64])]

  package init(
    floats: [(name: String, values: Tensor)] = [], integers: [(name: String, values: [Int64])] = []
  ) {
    (self.floats, self.integers) = (floats, integers)
  }

  /// Writes them as safetensors, `F32` and `I64`.
  package func write(_ name: String, to folder: any FolderWriting) throws {
    let floats = floats.map { name, values in
      NewTensor(name, .f32, values.shape) { append in
        try values.withFloats { try append(UnsafeRawBufferPointer($0)) }
      }
    }
    let integers = integers.map { name, values in
      NewTensor(name, .i64, [values.count]) { append in try values.withUnsafeBytes(append) }
    }
    try folder.writeSafetensors(name, floats + integers)
  }

  /// Reads what `write` has written, in the order of names' bytes.
  package init(file path: String) throws {
    self.init()
    let file = try TensorFile(safetensors: path)
    let tensors = file.names.compactMap { file[$0] }
    try MemoryBound.check(
      tensors.reduce(0) { $0 + $1.range.count }, for: "\(path), the state of a run,")
    var names: Set<String> = []
    for raw in tensors {
      // Names of other bytes can be the same text.
      guard names.insert(raw.name).inserted else {
        throw FileError("\(path): tensor `\(raw.name)` is there twice")
      }
      switch raw.type {
      case .f32: floats.append((raw.name, try Self.tensor(raw)))
      case .i64 where raw.shape.count == 1: integers.append((raw.name, try Self.integers(raw)))
      default:
        throw FileError(
          "\(path): tensor `\(raw.name)` is \(raw.type.rawValue) \(raw.shape), should be F32 "
            + "or a row of I64; it is no state of a run")
      }
    }
    try file.checkIntact()
  }

  private static func tensor(_ raw: RawTensor) throws -> Tensor {
    try raw.withBytes { bytes in
      Tensor(raw.shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: bytes) }
    }
  }

  private static func integers(_ raw: RawTensor) throws -> [Int64] {
    try raw.withBytes { bytes in
      [Int64](unsafeUninitializedCapacity: raw.count) { buffer, filled in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        filled = raw.count
      }
    }
  }
}

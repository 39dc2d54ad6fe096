import ModelFiles
import Tensors
import Vectors

extension Matrix {
  /// Writes a NumPy file and, once that is whole, the record of what made it.
  func save(to path: String, _ record: VectorsRecord) throws {
    try saveVectors(to: path, record) { try $0.write(self) }
  }
}

extension SparseMatrix {
  /// Writes SciPy's file of sparse rows and, once that is whole, the record of what made it.
  func save(to path: String, _ record: VectorsRecord) throws {
    try saveVectors(to: path, record) { output in
      try CSRFile.write(self) { bytes in
        try Interrupt.check()
        try output.write(bytes)
      }
    }
  }
}

extension RaggedMatrix {
  /// Writes a NumPy file of all rows, one of their numbers in each group, and the record of what made
  /// them.
  func save(to path: String, _ record: VectorsRecord) throws {
    try saveVectors(to: path, record) { output in
      try output.write(matrix)
      guard let part = output.part else { return }
      let file = String(part.dropLast(".part".count))
      try OutputFile.write(
        RaggedFile.lengths(lengths), to: RaggedFile.lengthsPath(file), beside: file)
    }
  }
}

extension OutputFile {
  /// Writes a whole NumPy file.
  fileprivate func write(_ matrix: Matrix) throws {
    try write(NumPyHeader(dimensions: matrix.columns).bytes(rows: matrix.rows))
    try matrix.tensor.withFloats { try write(UnsafeRawBufferPointer($0)) }
  }
}

/// Writes a file of vectors and, once that is whole, the record of what made it.
private func saveVectors(
  to path: String, _ record: VectorsRecord, _ write: (OutputFile) throws -> Void
) throws {
  let output = try OutputFile(path)
  try write(output)
  // The longest step comes before the one that would leave older vectors without their record.
  try output.reachDisk()
  // An older record must not be beside the new vectors, should the run end here.
  try removeFile(VectorsRecord.path(beside: path))
  try output.finish()
  try record.write(beside: path)
}

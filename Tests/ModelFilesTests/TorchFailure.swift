import ModelFiles
import TestSupport
import Testing

/// Opens a folder with these bytes as its `pytorch_model.bin` and reads all tensors.
/// - Returns: what is wrong with the file, which is called `F`; nil when nothing is
func torchFailure(_ bytes: [UInt8]) throws -> String? {
  let folder = try ScratchFolder()
  let path = try folder.write("pytorch_model.bin", bytes)
  return failure { try readAll(TensorFile(folder: folder.path)) }?.replacing(path, with: "F")
}

/// Reads every element, and expects as many as the shape says.
func readAll(_ file: TensorFile) throws {
  for name in file.names {
    let tensor = try #require(file[name])
    try tensor.withBytes { bytes in
      #expect(bytes.count == tensor.count * tensor.type.byteCount)
      _ = bytes.reduce(0, &+)
    }
  }
}

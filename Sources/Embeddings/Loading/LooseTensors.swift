import Encoders
import ModelFiles
import Tensors

/// Tensors whose extents no config.json says, or that are no matrices.
extension Weights {
  /// A table whose extents the file says: real numbers, or bytes as they are (a table that model2vec
  /// rounded to int8 keeps no scale, which a mean's direction does not need).
  func table(ofAnySize name: String, _ files: TensorFile) throws -> Tensor {
    guard let raw = files[name] else {
      throw FileError("\(files.files.first?.path ?? "the weights"): no tensor `\(name)`")
    }
    guard raw.shape.count == 2, raw.shape.allSatisfy({ $0 > 0 }) else {
      throw FileError(
        "\(raw.file.path): tensor `\(name)` is \(raw.shape), should be a table of rows and columns")
    }
    guard raw.type == .i8 else { return try table(name, raw.shape[0], raw.shape[1]) }
    return try raw.withBytes { bytes in
      Tensor(raw.shape) { out in
        for index in out.indices { out[index] = Float(Int8(bitPattern: bytes[index])) }
      }
    }
  }
}

extension RawTensor {
  /// Whole numbers from 0 up to, but not including, `limit`.
  func rowNumbers(below limit: Int) throws -> [Int32] {
    guard [.i64, .i32].contains(type), shape.count == 1 else {
      throw FileError(
        "\(file.path): tensor `\(name)` is \(type.rawValue) of \(shape), should be a list of I64 or I32"
      )
    }
    let isWide = type == .i64
    return try withBytes { bytes in
      try (0..<count).map { index in
        let number =
          isWide
          ? bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
          : Int64(bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
        guard number >= 0, number < limit, let row = Int32(exactly: number) else {
          throw FileError(
            "\(file.path): tensor `\(name)` has \(number), should be from 0 to \(limit - 1)")
        }
        return row
      }
    }
  }
}

extension JSON {
  /// A list of whole numbers from 1 to 65536, at least one.
  func counts() throws -> [Int] {
    let values = try array().elements.map { try $0.int() }
    guard !values.isEmpty, values.allSatisfy({ (1...1 << 16).contains($0) }) else {
      throw FileError("\(name): `\(path)` should be whole numbers from 1 to \(1 << 16)")
    }
    return values
  }
}

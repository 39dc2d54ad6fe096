import ModelFiles

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

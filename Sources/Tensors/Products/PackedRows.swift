import CKernels

/// Rows as the left operand of products with packed weights.
struct PackedRows {
  let columns: Int
  /// As `PackedWeight.parts`; `nil` for 8 bits.
  let parts: Int?
  private let storage: Storage
  /// Of 8 bits: a scale and a zero point for each row.
  private let rowScales, rowZeros: Storage

  /// Room for so many rows, to be multiplied with `panels`.
  init(rows: Int, columns: Int, for panels: PackedWeight) {
    self.columns = columns
    parts = panels.parts
    // Two bfloat16, or four bytes, lie in the place of a float.
    let floats =
      parts.map { (ck_bf16_count(rows, columns, $0) + 1) / 2 }
      ?? (ck_int8_count(rows, columns) + 3) / 4
    storage = Storage(count: floats)
    rowScales = Storage(count: parts == nil ? rows : 0)
    rowZeros = Storage(count: parts == nil ? rows : 0)
  }

  var halves: UnsafeMutablePointer<UInt16>? { storage.halves }
  var bytes: UnsafeMutablePointer<UInt8>? {
    storage.floats.baseAddress.map {
      UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt8.self)
    }
  }
  var scales: UnsafeMutablePointer<Float>? { rowScales.floats.baseAddress }
  var zeros: UnsafeMutablePointer<Int32>? {
    rowZeros.floats.baseAddress.map {
      UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int32.self)
    }
  }

  /// Takes over `rows` rows.
  func fill(_ x: UnsafePointer<Float>, rows: Int) {
    if let parts {
      ck_tiles_bf16(halves, x, columns, rows, columns, parts)
    } else {
      ck_tiles_int8(bytes, scales, zeros, x, columns, rows, columns)
    }
  }

  /// Takes over `rows` rows of bfloat16, in 8 bits.
  func fill(narrow x: UnsafePointer<UInt16>, rows: Int) {
    precondition(parts == nil, "bfloat16 is written as tiles")
    ck_tiles_int8_narrow(bytes, scales, zeros, x, columns, rows, columns)
  }
}

import CKernels

/// Rows as the left operand of products with packed weights.
struct Tiles {
  let columns: Int
  /// As `Panels.parts`; `nil` for 8 bits.
  let parts: Int?
  private let storage: Storage
  /// Of 8 bits: a scale and a zero point for each row.
  private let rowScales, rowZeros: Storage

  /// Room for so many rows, to be multiplied with `panels`.
  init(rows: Int, columns: Int, for panels: Panels) {
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

  private var start: UnsafeMutableRawPointer? {
    storage.floats.baseAddress.map { UnsafeMutableRawPointer($0) }
  }
  var halves: UnsafeMutablePointer<UInt16>? { start?.assumingMemoryBound(to: UInt16.self) }
  var bytes: UnsafeMutablePointer<UInt8>? { start?.assumingMemoryBound(to: UInt8.self) }
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
}

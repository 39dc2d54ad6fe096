import CKernels

/// Rows as the left operand of products with packed weights.
struct PackedRows {
  let columns: Int
  let format: OperandFormat
  private let storage: Storage
  /// Of 8 bits: a scale and a zero point for each row.
  private let rowScales, rowZeros: Storage
  /// The first row, where others lie before it.
  private var start = 0

  /// Room for `rows` rows, to be multiplied with `weight`.
  init(rows: Int, columns: Int, for weight: PackedWeight) {
    self.columns = columns
    format = weight.format
    // Whole blocks are a multiple of four bytes.
    storage = Storage(count: ck_packed_bytes(rows, columns, format.kernel) / 4)
    let scaled = format == .uint8 ? rows : 0
    (rowScales, rowZeros) = (Storage(count: scaled), Storage(count: scaled))
  }

  /// The same without the first `count` rows, which are whole blocks.
  func dropping(first count: Int) -> PackedRows {
    precondition(count % PackedProduct.unitRows == 0, "\(count) rows are no blocks")
    var rest = self
    rest.start += count
    return rest
  }

  private var memory: UnsafeMutableRawPointer? {
    storage.floats.baseAddress.map {
      UnsafeMutableRawPointer($0) + ck_packed_bytes(start, columns, format.kernel)
    }
  }

  var halves: UnsafeMutablePointer<UInt16>? { memory?.assumingMemoryBound(to: UInt16.self) }
  var bytes: UnsafeMutablePointer<UInt8>? { memory?.assumingMemoryBound(to: UInt8.self) }
  var scales: UnsafeMutablePointer<Float>? { rowScales.floats.baseAddress.map { $0 + start } }
  var zeros: UnsafeMutablePointer<Int32>? {
    rowZeros.floats.baseAddress.map {
      UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int32.self) + start
    }
  }

  /// Takes over `rows` rows.
  func fill(_ x: UnsafePointer<Float>, rows: Int) {
    if format == .uint8 {
      ck_pack_rows_uint8(bytes, scales, zeros, x, columns, rows, columns)
    } else {
      ck_pack_rows_bf16(halves, x, columns, rows, columns, format.kernel)
    }
  }

  /// Takes over `rows` rows of bfloat16, in 8 bits.
  func fill(bfloat16 x: UnsafePointer<UInt16>, rows: Int) {
    precondition(format == .uint8, "bfloat16 is packed where it is made")
    ck_pack_rows_uint8_of_bf16(bytes, scales, zeros, x, columns, rows, columns)
  }
}

/// Rows of bfloat16, and perhaps what rounding to it has lost, in bfloat16 as well.
struct BFloat16Rows: Sendable {
  let rows, columns: Int
  /// How far behind each number lies what it has lost; 0 where that is not kept.
  let errors: Int
  private let storage: Storage

  /// Makes rows, all of which `fill` writes.
  /// - Parameter fill: gets the first of them, and of what they have lost
  init(
    rows: Int, columns: Int, keepingErrors: Bool = false,
    fill: (UnsafeMutablePointer<UInt16>, _ errors: UnsafeMutablePointer<UInt16>?) -> Void
  ) {
    (self.rows, self.columns) = (rows, columns)
    errors = keepingErrors ? rows * columns : 0
    // Two of them lie in the place of a float.
    storage = Storage(count: (rows * columns + errors + 1) / 2)
    if let start = storage.halves { fill(start, keepingErrors ? start + errors : nil) }
  }

  /// Lends the first of them.
  func withPointer(_ body: (UnsafePointer<UInt16>) -> Void) {
    withExtendedLifetime(storage) {
      guard let start = storage.halves else { return }
      body(start)
    }
  }
}

extension Tensor {
  /// The rows rounded to bfloat16.
  func roundedToBFloat16(keepingErrors: Bool = false) -> BFloat16Rows {
    BFloat16Rows(rows: rows, columns: columns, keepingErrors: keepingErrors) { out, errors in
      nonisolated(unsafe) let (out, errors) = (out, errors)
      Parallel.split(rows, unit: PackedProduct.unitRows) { part in
        let start = part.lowerBound * columns
        withPointer {
          ck_round_to_bf16(
            out + start, errors.map { $0 + start }, columns, $0 + start, columns, part.count,
            columns)
        }
      }
    }
  }
}

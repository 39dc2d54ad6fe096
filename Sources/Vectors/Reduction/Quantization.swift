import Tensors

/// Vectors in fewer bits, as `quantize_embeddings` of sentence-transformers 6.2.0 makes them.
package enum Quantization: String, CaseIterable, Sendable {
  /// 256 steps between the minimum and the maximum of each column.
  case int8, uint8
  /// A bit for each number, set if it is above 0; the first is its byte's highest bit.
  case binary, ubinary

  /// Whether bytes depend on the columns' ranges.
  package var usesRanges: Bool { self == .int8 || self == .uint8 }

  /// Whether bytes are signed.
  package var isSigned: Bool { self == .int8 || self == .binary }

  /// NumPy's name of a byte with or without a sign.
  package var elementType: String { isSigned ? "|i1" : "|u1" }

  /// The bytes of a row of `columns` numbers.
  package func width(columns: Int) -> Int { usesRanges ? columns : (columns + 7) / 8 }

  /// The bytes of all rows, a signed one by its bits.
  /// - Parameter ranges: the columns' ranges; `nil` for those of the matrix itself
  /// - Shapes: `[n, E]` → n · width
  package func callAsFunction(_ matrix: Matrix, ranges: ColumnRanges? = nil) -> [UInt8] {
    let ranges = usesRanges ? ranges ?? ColumnRanges(of: matrix) : nil
    var bytes: [UInt8] = []
    bytes.reserveCapacity(matrix.rows * width(columns: matrix.columns))
    for row in 0..<matrix.rows { matrix.withRow(row) { append($0, ranges, to: &bytes) } }
    return bytes
  }

  /// Appends one row, a signed byte by its bits.
  /// - Parameter ranges: the columns' ranges, which int8 and uint8 need
  /// - Shapes: `[E]` → width
  package func append(
    _ row: UnsafeBufferPointer<Float>, _ ranges: ColumnRanges?, to bytes: inout [UInt8]
  ) {
    // A signed byte is 128 less, which flips the highest bit.
    let sign: UInt8 = isSigned ? 0x80 : 0
    guard usesRanges else {
      for start in stride(from: 0, to: row.count, by: 8) {
        let bits = row[start..<min(start + 8, row.count)].enumerated().reduce(0 as UInt8) {
          $1.element > 0 ? $0 | 0x80 >> UInt8($1.offset) : $0
        }
        bytes.append(bits ^ sign)
      }
      return
    }
    guard let ranges else { preconditionFailure("\(self) without ranges") }
    for (column, value) in row.enumerated() {
      bytes.append(ranges.step(of: value, column) ^ sign)
    }
  }
}

/// The minimum and the maximum of each column.
package struct ColumnRanges: Sendable, Equatable {
  package let minimum: [Float]
  package let maximum: [Float]

  package init(minimum: [Float], maximum: [Float]) {
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  /// The ranges of a matrix, which has at least one row.
  package init(of matrix: Matrix) {
    var (minimum, maximum) = (matrix[0], matrix[0])
    for row in 1..<max(1, matrix.rows) {
      matrix.withRow(row) { x in
        for column in x.indices {
          minimum[column] = min(minimum[column], x[column])
          maximum[column] = max(maximum[column], x[column])
        }
      }
    }
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  /// The ranges of these rows and others.
  package func union(_ other: ColumnRanges) -> ColumnRanges {
    ColumnRanges(
      minimum: zip(minimum, other.minimum).map { min($0, $1) },
      maximum: zip(maximum, other.maximum).map { max($0, $1) })
  }

  /// Which of 256 steps a number is on, in float32 as NumPy computes it.
  fileprivate func step(of value: Float, _ column: Int) -> UInt8 {
    let size = (maximum[column] - minimum[column]) / 255
    let step = ((value - minimum[column]) / (size == 0 ? 1 : size)).rounded(.down)
    // NaN, which should not occur, gives the first.
    return step >= 255 ? 255 : step >= 0 ? UInt8(step) : 0
  }
}

import Tensors

/// Vectors in fewer bits, as `quantize_embeddings` of sentence-transformers 6.2.0 makes them.
package enum Quantization: String, CaseIterable, Sendable {
  /// 256 steps between the least and the largest number of each column.
  case int8, uint8
  /// A bit for each number, whether it is above 0, the first in the highest place of its byte.
  case binary, ubinary

  /// Whether the columns' ranges matter, and so what they are taken from.
  package var usesRanges: Bool { self == .int8 || self == .uint8 }

  /// Whether a byte of a row has a sign.
  package var isSigned: Bool { self == .int8 || self == .binary }

  /// How NumPy calls an element: bytes with or without a sign.
  package var elementType: String { isSigned ? "|i1" : "|u1" }

  /// The bytes of a row of so many numbers.
  package func width(columns: Int) -> Int { usesRanges ? columns : (columns + 7) / 8 }

  /// The rows one after the other, a signed byte by its bits.
  /// - Parameter ranges: of the columns; `nil` for those of the matrix itself
  /// - Shapes: `[n, E]` → n · width
  package func callAsFunction(_ matrix: Matrix, ranges: ColumnRanges? = nil) -> [UInt8] {
    let ranges = usesRanges ? ranges ?? ColumnRanges(of: matrix) : nil
    var bytes: [UInt8] = []
    bytes.reserveCapacity(matrix.rows * width(columns: matrix.columns))
    for row in 0..<matrix.rows { matrix.withRow(row) { append($0, ranges, to: &bytes) } }
    return bytes
  }

  /// Appends one row, a signed byte by its bits.
  /// - Parameter ranges: of the columns, which int8 and uint8 need
  /// - Shapes: `[E]` → width
  package func append(
    _ row: UnsafeBufferPointer<Float>, _ ranges: ColumnRanges?, to bytes: inout [UInt8]
  ) {
    // Signed, the middle of the range is 0: 128 less, which is the other highest bit.
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

/// The least and the largest number of each column.
package struct ColumnRanges: Sendable, Equatable {
  package let least: [Float]
  package let largest: [Float]

  package init(least: [Float], largest: [Float]) {
    (self.least, self.largest) = (least, largest)
  }

  /// Of a matrix with a row at least.
  package init(of matrix: Matrix) {
    var (least, largest) = (matrix[0], matrix[0])
    for row in 1..<max(1, matrix.rows) {
      matrix.withRow(row) { x in
        for column in x.indices {
          least[column] = min(least[column], x[column])
          largest[column] = max(largest[column], x[column])
        }
      }
    }
    (self.least, self.largest) = (least, largest)
  }

  /// The ranges of these rows and of others.
  package func union(_ other: ColumnRanges) -> ColumnRanges {
    ColumnRanges(
      least: zip(least, other.least).map { min($0, $1) },
      largest: zip(largest, other.largest).map { max($0, $1) })
  }

  /// Which of 256 steps a number is on, in float32 as NumPy computes it.
  fileprivate func step(of value: Float, _ column: Int) -> UInt8 {
    let size = (largest[column] - least[column]) / 255
    let step = ((value - least[column]) / (size == 0 ? 1 : size)).rounded(.down)
    // A number that is not one, of which there should be none, is on the first.
    return step >= 255 ? 255 : step >= 0 ? UInt8(step) : 0
  }
}

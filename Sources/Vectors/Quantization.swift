import Tensors

/// Vectors in fewer bits, as `quantize_embeddings` of sentence-transformers 6.2.0 makes them.
package enum Quantization: String, CaseIterable, Sendable {
  /// 256 steps between the least and the largest number of each column.
  case int8, uint8
  /// A bit for each number, whether it is above 0, the first in the highest place of its byte.
  case binary, ubinary

  /// Whether the columns' ranges matter, and so what they are taken from.
  package var usesRanges: Bool { self == .int8 || self == .uint8 }

  /// How NumPy calls an element: bytes with or without a sign.
  package var elementType: String { self == .int8 || self == .binary ? "|i1" : "|u1" }

  /// The bytes of a row of so many numbers.
  package func width(columns: Int) -> Int { usesRanges ? columns : (columns + 7) / 8 }

  /// The rows one after the other, a signed byte by its bits.
  /// - Parameter ranges: of the columns; `nil` for those of the matrix itself
  /// - Shapes: `[n, E]` → n · width
  package func callAsFunction(_ matrix: Matrix, ranges: ColumnRanges? = nil) -> [UInt8] {
    let width = width(columns: matrix.columns)
    var bytes = [UInt8](repeating: 0, count: matrix.rows * width)
    let ranges = usesRanges ? ranges ?? ColumnRanges(of: matrix) : nil
    for row in 0..<matrix.rows {
      matrix.withRow(row) { x in
        for (column, value) in x.enumerated() {
          if let ranges {
            bytes[row * width + column] = ranges.step(of: value, column)
          } else if value > 0 {
            bytes[row * width + column / 8] |= 0x80 >> UInt8(column % 8)
          }
        }
      }
    }
    // Signed, the middle of the range is 0: 128 less, which is the other highest bit.
    return elementType == "|i1" ? bytes.map { $0 ^ 0x80 } : bytes
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

  /// Which of 256 steps a number is on, in float32 as NumPy computes it.
  fileprivate func step(of value: Float, _ column: Int) -> UInt8 {
    let size = (largest[column] - least[column]) / 255
    let step = ((value - least[column]) / (size == 0 ? 1 : size)).rounded(.down)
    // A number that is not one, of which there should be none, is on the first.
    return step >= 255 ? 255 : step >= 0 ? UInt8(step) : 0
  }
}

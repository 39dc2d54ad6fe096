import ModelFiles
import Tensors

extension Matrix {
  /// Throws for a row whose length is not finite, or too large to be squared.
  /// - Parameter name: the file of the rows, for the message
  package func checkLengths(_ name: String) throws {
    let size = 4096
    for start in stride(from: 0, to: rows, by: size) {
      _ = try tensor.lengths(start..<min(start + size, rows), name: name)
    }
  }
}

extension Tensor {
  // The squared distance of longer rows could overflow float32.
  private static let longestLength: Float = 1e15

  /// The length of each row of `range`.
  /// - Throws: for a row that is not finite
  func lengths(_ range: Range<Int>, name: String, firstRow: Int = 0) throws -> [Float] {
    let squares = [Float](unsafeUninitializedCapacity: range.count) { out, count in
      squaredLengths(range, into: out)
      count = range.count
    }
    for (row, square) in zip(range, squares)
    where !(square <= Self.longestLength * Self.longestLength) {
      throw FileError(
        "\(name): row \(firstRow + row), counted from 0, has a number that is not finite, or "
          + "larger than 1e15; vectors of text are not, make it again")
    }
    return squares.map { $0.squareRoot() }
  }
}

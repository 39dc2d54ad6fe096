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
    let squares = squares(range)
    if let bad = squares.firstIndex(where: { !Self.isUsable($0) }) {
      throw unusableRow(firstRow + range.lowerBound + bad, name: name)
    }
    return squares.map { $0.squareRoot() }
  }

  /// Whether all rows of `range` are finite, and not too long to be squared.
  func hasUsableLengths(_ range: Range<Int>) -> Bool { squares(range).allSatisfy(Self.isUsable) }

  private func squares(_ range: Range<Int>) -> [Float] {
    [Float](unsafeUninitializedCapacity: range.count) { out, count in
      squaredLengths(range, into: out)
      count = range.count
    }
  }

  private static func isUsable(_ square: Float) -> Bool { square <= longestLength * longestLength }
}

/// The error of a vector with a number that no model makes.
func unusableRow(_ row: Int, name: String) -> FileError {
  FileError(
    "\(name): row \(row), counted from 0, has a number that is not finite, or larger than 1e15; "
      + "vectors of text are not, make it again")
}

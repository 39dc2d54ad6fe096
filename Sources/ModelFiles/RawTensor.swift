/// A tensor as a file stores it: row-major, little-endian, not yet converted.
package struct RawTensor: Sendable {
  package let name: String
  package let type: ElementType
  package let shape: [Int]
  package let file: MappedFile
  /// Where in the file its bytes are: `count` elements exactly.
  package let range: Range<Int>

  /// The product of the shape, which the format has checked not to overflow.
  package var count: Int { shape.reduce(1, &*) }

  /// The tensor's bytes, aligned to whatever the file chose.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try file.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Whether the bytes begin at a multiple of `alignment` in memory (a map begins at a page).
  package func isAligned(to alignment: Int) -> Bool {
    alignment > 0 && range.lowerBound % alignment == 0
  }
}

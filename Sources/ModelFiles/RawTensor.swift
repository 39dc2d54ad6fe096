/// A tensor as a file stores it: little-endian, not yet converted.
package struct RawTensor: Sendable {
  /// 4 tera-elements: sums over all tensors of a model cannot overflow.
  static let mostElements = 1 << 42

  package let name: String
  package let type: ElementType
  package let shape: [Int]
  package let file: MappedFile
  /// Where in the file its bytes are: `count` elements exactly, unless there are `strides`.
  package let range: Range<Int>
  /// How many elements lie from one index of each dimension to the next; nil when they lie
  /// row-major without a gap.
  let strides: [Int]?

  init(
    name: String, type: ElementType, shape: [Int], file: MappedFile, range: Range<Int>,
    strides: [Int]? = nil
  ) {
    (self.name, self.type, self.shape) = (name, type, shape)
    (self.file, self.range, self.strides) = (file, range, strides)
  }

  /// The product of the shape, which the format has checked not to overflow.
  package var count: Int { shape.reduce(1, &*) }

  /// The elements' bytes, row-major, aligned to whatever the file chose. Those of a transposed
  /// tensor are copied together: compare the shape with what is needed first.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try file.withBytes { file in
      let bytes = UnsafeRawBufferPointer(rebasing: file[range])
      guard let strides else { return try body(bytes) }
      return try gathered(bytes, strides).withUnsafeBytes(body)
    }
  }

  /// Whether `withBytes` lends the file's own bytes, which live as long as `file`, and they begin
  /// at a multiple of `alignment` in memory (a map begins at a page).
  package func isMapped(alignedTo alignment: Int) -> Bool {
    strides == nil && alignment > 0 && range.lowerBound % alignment == 0
  }
}

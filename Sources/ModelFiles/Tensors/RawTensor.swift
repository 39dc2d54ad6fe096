/// A tensor as a file stores it: little-endian, not yet converted.
package struct RawTensor: Sendable {
  /// 4 tera-elements: sums over all tensors of a model cannot overflow.
  static let mostElements = 1 << 42

  package let name: String
  package let type: ElementType
  package let shape: [Int]
  package let file: MappedFile
  /// The range of its bytes in the file: exactly `count` elements unless `strides` is set.
  package let range: Range<Int>
  /// The stride of each dimension in elements; nil for a contiguous row-major tensor.
  var strides: [Int]?
  /// How its numbers lie in blocks of bytes, of which there are then fewer than numbers.
  package var blocks: GGUFBlocks?

  /// The same numbers by another name.
  func renamed(_ name: String) -> RawTensor {
    RawTensor(
      name: name, type: type, shape: shape, file: file, range: range, strides: strides,
      blocks: blocks)
  }

  /// The same numbers in another shape of as many.
  package func with(_ shape: [Int]) -> RawTensor {
    precondition(strides == nil && shape.reduce(1, *) == count, "\(self.shape) is not \(shape)")
    return RawTensor(
      name: name, type: type, shape: shape, file: file, range: range, blocks: blocks)
  }

  /// The product of the shape, which the format has checked not to overflow.
  package var count: Int { shape.reduce(1, &*) }

  /// The elements' bytes, row-major, with the file's alignment. Copies the elements of a transposed
  /// tensor, so check its shape first.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try file.withBytes { file in
      let bytes = UnsafeRawBufferPointer(rebasing: file[range])
      guard let strides else { return try body(bytes) }
      return try gathered(bytes, strides).withUnsafeBytes(body)
    }
  }

  /// Whether `withBytes` lends the mapped bytes, valid as long as `file`, and they start at a
  /// multiple of `alignment` in memory (a map starts at a page).
  package func isMapped(alignedTo alignment: Int) -> Bool {
    strides == nil && alignment > 0 && range.lowerBound % alignment == 0
  }
}

extension RawTensor {
  /// How many elements a view may have beyond those stored: it can repeat them without end.
  private static let mostRepeated = 1 << 20

  /// Copies the elements into row-major order.
  func gathered(_ bytes: UnsafeRawBufferPointer, _ strides: [Int]) throws -> [UInt8] {
    let stored = bytes.count / type.byteCount
    guard count <= stored + Self.mostRepeated else {
      throw FileError(
        "\(file.path): tensor `\(legible(name))` shows \(stored) stored numbers as \(count); "
          + "save a copy of it (`.contiguous()`)")
    }
    try MemoryBound.check(
      count, type.byteCount, for: "\(file.path): tensor `\(legible(name))`")
    return [UInt8](unsafeUninitializedCapacity: count * type.byteCount) { buffer, filled in
      let target = UnsafeMutableRawBufferPointer(buffer)
      switch type.byteCount {
      case 1: gather(bytes, strides, into: target.bindMemory(to: UInt8.self))
      case 2: gather(bytes, strides, into: target.bindMemory(to: UInt16.self))
      case 4: gather(bytes, strides, into: target.bindMemory(to: UInt32.self))
      default: gather(bytes, strides, into: target.bindMemory(to: UInt64.self))
      }
      filled = target.count
    }
  }

  /// Copies whole elements, the last dimension's in the inner loop.
  private func gather<Element: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ strides: [Int],
    into target: UnsafeMutableBufferPointer<Element>
  ) {
    guard let columns = shape.last, let step = strides.last else { return }
    let width = MemoryLayout<Element>.size
    var index = [Int](repeating: 0, count: shape.count - 1)
    var first = 0
    for row in stride(from: 0, to: target.count, by: columns) {
      for column in 0..<columns {
        target[row + column] = bytes.loadUnaligned(
          fromByteOffset: (first + column * step) * width, as: Element.self)
      }
      // Counts on like an odometer, from the dimension before the last.
      for dimension in index.indices.reversed() {
        index[dimension] += 1
        first += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        first -= strides[dimension] * shape[dimension]
        index[dimension] = 0
      }
    }
  }
}

/// The type of stored numbers; raw values are safetensors' names.
package enum ElementType: String, CaseIterable, Sendable {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case f8E5M2 = "F8_E5M2"
  case f8E4M3 = "F8_E4M3"
  case f8E8M0 = "F8_E8M0"
  case f8E5M2FNUZ = "F8_E5M2FNUZ"
  case f8E4M3FNUZ = "F8_E4M3FNUZ"
  case u16 = "U16"
  case i16 = "I16"
  case f16 = "F16"
  case bf16 = "BF16"
  case u32 = "U32"
  case i32 = "I32"
  case f32 = "F32"
  case u64 = "U64"
  case i64 = "I64"
  case f64 = "F64"
  case c64 = "C64"

  /// The bytes of one element.
  package var byteCount: Int {
    switch self {
    case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E5M2FNUZ, .f8E4M3FNUZ: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64, .c64: 8
    }
  }
}

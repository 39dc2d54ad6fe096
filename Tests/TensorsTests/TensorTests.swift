import TestSupport
import Testing

@testable import Tensors

@Suite struct TensorTests {
  final class Owner: Sendable {}

  @Test func memoryThatIsUsedAgainIsNotShared() {
    // Large enough to go through the pool, released and taken again.
    let sizes = [20_000, 70_000, 20_000]
    for size in sizes {
      let first = Tensor([size]) { $0.update(repeating: 1) }
      let second = Tensor([size]) { $0.update(repeating: 2) }
      #expect(first.elements.allSatisfy { $0 == 1 } && second.elements.allSatisfy { $0 == 2 })
    }
  }

  @Test func aBorrowedTensorKeepsItsOwner() {
    weak var owner: Owner?
    var tensor: Tensor?
    let floats = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2)
    defer { floats.deallocate() }
    _ = floats.initialize(from: [1, 2])
    do {
      let strong = Owner()
      owner = strong
      tensor = Tensor([2], borrowing: UnsafeBufferPointer(floats), from: strong)
    }
    #expect(owner != nil && tensor?.elements == [1, 2])
    tensor = nil
    #expect(owner == nil)
  }

  @Test(
    arguments: [
      (FloatFormat.float16, [0x00, 0x3C, 0x00, 0xC0], [1, -2]),
      (.bfloat16, [0x80, 0x3F, 0x00, 0xC0], [1, -2]),
      (.float32, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], [1, -2]),
      (.float64, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0], [1, -2]),
    ] as [(FloatFormat, [UInt8], [Float])])
  func everyFormatIsRaisedToFloatFromAnyAddress(
    format: FloatFormat, bytes: [UInt8], expected: [Float]
  ) {
    // A byte in front makes the numbers unaligned.
    let tensor = ([0] + bytes).withUnsafeBytes {
      Tensor([2], raising: UnsafeRawBufferPointer(rebasing: $0.dropFirst()), from: format)
    }
    #expect(tensor.elements == expected)
  }

  /// Halves are raised in parts of 2²⁰.
  @Test(arguments: [(FloatFormat.float16, UInt16(0x3C00)), (.bfloat16, 0x3F80)])
  func everyPartOfALongTensorIsRaised(format: FloatFormat, one: UInt16) {
    let count = 2 << 20 | 3
    let halves = (0..<count).map { $0 % 5 == 0 ? one : 0 }
    let tensor = halves.withUnsafeBytes { Tensor([count], raising: $0, from: format) }
    tensor.withFloats { floats in
      #expect(floats.indices.allSatisfy { floats[$0] == ($0 % 5 == 0 ? 1 : 0) })
    }
  }
}

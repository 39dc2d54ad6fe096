/// Numbers of few bits: so many in a block, with a scale for all or for each part of it (ggml's
/// ggml-quants.h). They are raised to float32 as the `gguf` package 0.19 raises them, to the bit.
package enum GGUFBlocks: String, CaseIterable, Sendable {
  case q40 = "Q4_0"
  case q41 = "Q4_1"
  case q50 = "Q5_0"
  case q51 = "Q5_1"
  case q80 = "Q8_0"
  case q4K = "Q4_K"
  case q5K = "Q5_K"
  case q6K = "Q6_K"

  /// How many numbers a block has.
  var size: Int {
    switch self {
    case .q40, .q41, .q50, .q51, .q80: 32
    case .q4K, .q5K, .q6K: 256
    }
  }

  /// How many bytes.
  var bytes: Int {
    switch self {
    case .q40: 2 + 16
    case .q41: 4 + 16
    case .q50: 2 + 4 + 16
    case .q51: 4 + 4 + 16
    case .q80: 2 + 32
    case .q4K: 4 + 12 + 128
    case .q5K: 4 + 12 + 32 + 128
    case .q6K: 128 + 64 + 16 + 2
    }
  }

  /// - Parameters:
  ///   - stored: whole blocks
  ///   - out: as many numbers as they have
  package func raise(
    _ stored: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(stored.count / bytes * size == out.count && stored.count % bytes == 0)
    guard let input = stored.baseAddress, let output = out.baseAddress else { return }
    for block in 0..<stored.count / bytes {
      let (x, y) = (Block(start: input + block * bytes), output + block * size)
      switch self {
      case .q40: x.fours(from: 2, y) { x.half(0) * Float($0 - 8) }
      case .q41: x.fours(from: 4, y) { x.half(0) * Float($0) + x.half(2) }
      case .q50: x.fives(from: 2, y) { x.half(0) * Float($0 - 16) }
      case .q51: x.fives(from: 4, y) { x.half(0) * Float($0) + x.half(2) }
      case .q80: for index in 0..<32 { y[index] = Float(x.signed(2 + index)) * x.half(0) }
      case .q4K: x.parts(y, high: nil, low: 16)
      case .q5K: x.parts(y, high: 16, low: 48)
      case .q6K: x.sixes(y)
      }
    }
  }
}

/// One block.
private struct Block {
  let start: UnsafeRawPointer

  func byte(_ place: Int) -> Int { Int(start.load(fromByteOffset: place, as: UInt8.self)) }
  func signed(_ place: Int) -> Int { Int(start.load(fromByteOffset: place, as: Int8.self)) }

  /// A float16.
  func half(_ place: Int) -> Float {
    float32(ofHalf: UInt16(byte(place)) | UInt16(byte(place + 1)) << 8)
  }

  /// The low halves of sixteen bytes, then the high ones.
  func fours(from place: Int, _ y: UnsafeMutablePointer<Float>, _ number: (Int) -> Float) {
    for index in 0..<16 {
      y[index] = number(byte(place + index) & 15)
      y[index + 16] = number(byte(place + index) >> 4)
    }
  }

  /// The same, each with a fifth bit of the four bytes before.
  func fives(from place: Int, _ y: UnsafeMutablePointer<Float>, _ number: (Int) -> Float) {
    func fifth(_ index: Int) -> Int { (byte(place + index / 8) >> (index % 8) & 1) << 4 }
    for index in 0..<16 {
      let both = byte(place + 4 + index)
      y[index] = number(both & 15 | fifth(index))
      y[index + 16] = number(both >> 4 | fifth(index + 16))
    }
  }

  /// Eight parts of 32, each with a scale and a least number of six bits.
  /// - Parameters:
  ///   - high: where the fifth bits lie, where there are such
  ///   - low: where the four bits of each lie
  func parts(_ y: UnsafeMutablePointer<Float>, high: Int?, low: Int) {
    let (d, least) = (half(0), half(2))
    for part in 0..<8 {
      let (scale, minimum) = sixBits(part)
      let (a, b) = (d * Float(scale), least * Float(minimum))
      for index in 0..<32 {
        let both = byte(low + part / 2 * 32 + index)
        var number = part % 2 == 0 ? both & 15 : both >> 4
        if let high { number |= (byte(high + index) >> part & 1) << 4 }
        y[part * 32 + index] = a * Float(number) - b
      }
    }
  }

  /// The scale and the least number of a part: of the first four six bits of a byte each, of the others
  /// four bits of one byte and two of another.
  private func sixBits(_ part: Int) -> (scale: Int, minimum: Int) {
    let start = 4
    guard part >= 4 else { return (byte(start + part) & 63, byte(start + 4 + part) & 63) }
    let both = byte(start + 4 + part)
    return (
      both & 15 | byte(start + part - 4) >> 2 & 0x30, both >> 4 | byte(start + part) >> 2 & 0x30
    )
  }

  /// Two halves of 128, sixteen parts with a scale of eight bits each.
  func sixes(_ y: UnsafeMutablePointer<Float>) {
    let (high, scales) = (128, 192)
    let d = half(208)
    for index in 0..<256 {
      let (halfway, rest) = (index / 128, index % 128)
      let both = byte(halfway * 64 + rest % 64)
      let low = rest < 64 ? both & 15 : both >> 4
      let top = byte(high + halfway * 32 + rest % 32) >> (rest / 32 * 2) & 3
      let scale = d * Float(signed(scales + index / 16))
      y[index] = scale * Float((low | top << 4) - 32)
    }
  }
}

/// The number that a float16 is.
private func float32(ofHalf bits: UInt16) -> Float {
  let (sign, exponent, mantissa) = (
    UInt32(bits >> 15), UInt32(bits >> 10 & 31), UInt32(bits & 1023)
  )
  switch exponent {
  case 0:
    // 2⁻²⁴ each; exact.
    let size = Float(mantissa) * 0x1p-24
    return sign == 0 ? size : -size
  case 31: return Float(bitPattern: sign << 31 | 0x7F80_0000 | mantissa << 13)
  default: return Float(bitPattern: sign << 31 | (exponent + 112) << 23 | mantissa << 13)
  }
}

/// The type of a tensor in a GGUF file.
struct GGUFType {
  let name: String
  /// The type of plain numbers; bytes where they come in blocks.
  let element: ElementType
  let blocks: GGUFBlocks?

  var blockSize: Int { blocks?.size ?? 1 }
  var blockBytes: Int { blocks?.bytes ?? element.byteCount }

  private static let plain: [UInt32: ElementType] = [
    0: .f32, 1: .f16, 24: .i8, 25: .i16, 26: .i32, 27: .i64, 28: .f64, 30: .bf16,
  ]
  private static let known: [UInt32: GGUFBlocks] = [
    2: .q40, 3: .q41, 6: .q50, 7: .q51, 8: .q80, 12: .q4K, 13: .q5K, 14: .q6K,
  ]
  /// Those that are not read, for messages.
  private static let others: [UInt32: String] = [
    9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
    19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0",
    35: "TQ2_0", 39: "MXFP4",
  ]

  /// - Parameter place: the tensor, for errors
  init(_ number: UInt32, _ place: String) throws {
    if let element = Self.plain[number] {
      (name, self.element, blocks) = (element.rawValue, element, nil)
    } else if let blocks = Self.known[number] {
      (name, element, self.blocks) = (blocks.rawValue, .u8, blocks)
    } else {
      let known = ["F32", "F16", "BF16"] + GGUFBlocks.allCases.map(\.rawValue)
      throw FileError(
        "\(place) is of type \(Self.others[number] ?? "\(number)"), which is not read; read are "
          + "\(known.joined(separator: ", ")); take a file of one of these")
    }
  }
}

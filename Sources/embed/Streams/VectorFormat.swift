/// How vectors are written.
enum VectorFormat: String, CaseIterable, Sendable {
  case jsonl, npy, f32, csv

  /// The format that an output's ending promises; JSON lines where it promises none.
  init(ending path: String) {
    let ending = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { path[path.index(after: $0)...] }
    self = ending.flatMap { VectorFormat(rawValue: $0.lowercased()) } ?? .jsonl
  }

  /// Whether a row without a vector can be written, for `--on-error null`: the others are nothing
  /// but numbers.
  var supportsMissingRows: Bool { self == .jsonl }

  /// Whether the bytes are for programs only, so that a terminal should not get them.
  var isBinary: Bool { self == .npy || self == .f32 }
}

/// What one number of a vector is in npy and raw output: Float, or whole after `--quantize`.
enum VectorElement: Sendable {
  case float32, int8, uint8

  /// NumPy's name: byte order (none for one byte), kind, bytes.
  var descriptor: String {
    switch self {
    case .float32: "<f4"
    case .int8: "|i1"
    case .uint8: "|u1"
    }
  }

  var byteCount: Int { self == .float32 ? 4 : 1 }

  /// Appends the numbers as they lie in memory, little-endian as every machine this builds for.
  /// Whole elements are bounded, not checked: quantization made them fit.
  func append(_ vector: UnsafeBufferPointer<Float>, to output: inout [UInt8]) {
    switch self {
    case .float32:
      output.append(contentsOf: UnsafeRawBufferPointer(vector))
    case .int8:
      output += vector.lazy.map { UInt8(bitPattern: Int8($0.clamped(to: -128...127))) }
    case .uint8:
      output += vector.lazy.map { UInt8($0.clamped(to: 0...255)) }
    }
  }
}

extension Float {
  /// The nearest value in the range; its lower end for a NaN.
  fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
    self >= range.lowerBound ? min(self, range.upperBound) : range.lowerBound
  }
}

import ModelFiles
import Vectors

/// How the numbers of a vector are written: `encoding_format`.
enum VectorEncoding: String, CaseIterable, Sendable {
  case float, base64
  /// A bit for each number, as `embed encode --quantize` makes them.
  case binary, ubinary
  case int8, uint8

  /// What a body asks for.
  init(_ body: Body) throws {
    self = try body.word("encoding_format", Self.self) ?? .float
    if quantization?.usesRanges ?? false {
      throw Problem.invalid(
        "`encoding_format` \(rawValue) needs the ranges of a corpus, which one request does not have; "
          + "ask for ubinary, or use `embed encode --quantize \(rawValue)`", "encoding_format")
    }
  }

  /// The bytes that numbers become; `nil` where they stay numbers.
  var quantization: Quantization? { Quantization(rawValue: rawValue) }

  /// Appends a vector as a JSON value.
  func append(_ vector: UnsafeBufferPointer<Float>, to bytes: inout [UInt8]) {
    switch self {
    case .float:
      bytes.append(UInt8(ascii: "["))
      bytes.appendDecimals(vector, notFinite: .null)
      bytes.append(UInt8(ascii: "]"))
    case .base64:
      bytes.append(UInt8(ascii: "\""))
      bytes.appendBase64(vector)
      bytes.append(UInt8(ascii: "\""))
    case .binary, .ubinary, .int8, .uint8:
      let isSigned = quantization?.isSigned ?? false
      bytes.append(UInt8(ascii: "["))
      for (index, byte) in quantized(vector).enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += (isSigned ? "\(Int8(bitPattern: byte))" : "\(byte)").utf8
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  /// Appends a vector's numbers as they lie in memory.
  func appendRaw(_ vector: UnsafeBufferPointer<Float>, to bytes: inout [UInt8]) {
    if quantization == nil {
      bytes += UnsafeRawBufferPointer(vector)
    } else {
      bytes += quantized(vector)
    }
  }

  private func quantized(_ vector: UnsafeBufferPointer<Float>) -> [UInt8] {
    var bytes: [UInt8] = []
    quantization?.append(vector, nil, to: &bytes)
    return bytes
  }
}

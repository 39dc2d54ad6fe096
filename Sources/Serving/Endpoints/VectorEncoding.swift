import ModelFiles
import Vectors

/// How the numbers of a vector are written: `encoding_format`, as OpenAI's clients call it.
enum VectorEncoding: String, CaseIterable, Sendable {
  case float, base64
  /// A bit for each number, as `embed encode --quantize` makes them.
  case binary, ubinary
  case int8, uint8

  /// Those that one request can have.
  static let allCases: [VectorEncoding] = [.float, .base64, .binary, .ubinary]

  /// What a body asks for.
  /// - Parameter names: the members that may say it
  init(_ body: Body, _ names: [String] = ["encoding_format"]) throws {
    self = try body.one(of: names) { try body[$0].map(VectorEncoding.init) } ?? .float
  }

  /// The one that a word means.
  init(_ value: JSON) throws {
    self = try Body.word(value, Self.self)
    if quantization?.usesRanges ?? false {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem.invalid(
        "\(Body.place(of: value)) \(rawValue) needs the ranges of a corpus, which one request does not "
          + "have; ask for one of \(known), or use `embed encode --quantize \(rawValue)`",
        Body.member(of: value))
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

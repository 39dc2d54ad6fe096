import ModelFiles
import Vectors

/// Vectors on their way into an answer.
struct VectorAnswer: Sendable {
  let matrix: Matrix
  let encoding: VectorEncoding
  let work: Work

  init(_ made: (matrix: Matrix, work: Work), _ encoding: VectorEncoding = .float) {
    (matrix, work) = made
    self.encoding = encoding
  }

  /// The answer in the form that the client wants.
  /// - Parameter document: the JSON that the dialect has for it
  func response(
    _ request: Request, _ document: (VectorAnswer) async throws -> [UInt8]
  ) async throws -> Response {
    switch AnswerForm(request) {
    case .json: .json(try await document(self), work: work)
    case .rows: try await raw(.rows, header: [])
    case .npy: try await raw(.npy, header: numPyHeader)
    }
  }

  /// Appends the vector of one text as a JSON value.
  func append(_ row: Int, to bytes: inout [UInt8]) {
    matrix.withRow(row) { encoding.append($0, to: &bytes) }
  }

  /// Appends a list of all of them.
  func appendList(to bytes: inout [UInt8]) async throws {
    bytes.append(UInt8(ascii: "["))
    try await bytes.appendParts(matrix.rows) { append($0, to: &$1) }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Bytes that vectors and a document with them take together, about: the numbers, what they
  /// become, and their decimals, which are the longest that they can be written as.
  static func bytes(rows: Int, columns: Int) -> Int { rows * (20 * columns + 64) }

  /// Bytes of a document with all vectors, about; no more than is taken before it is needed.
  var room: Int { min(matrix.rows * (width + 64) + 256, 1 << 26) }

  /// Bytes of a text's vector in JSON, about.
  private var width: Int {
    switch encoding {
    case .float: 12 * matrix.columns
    case .base64: 16 * matrix.columns / 3
    case .binary, .ubinary, .int8, .uint8: 4 * columns
    }
  }

  /// Numbers or bytes of one text.
  private var columns: Int {
    encoding.quantization?.width(columns: matrix.columns) ?? matrix.columns
  }

  private func raw(_ form: AnswerForm, header: [UInt8]) async throws -> Response {
    var bytes = header
    bytes.reserveCapacity(min(header.count + matrix.rows * columns * 4, 1 << 26))
    try await bytes.appendParts(matrix.rows, separator: "") { row, bytes in
      matrix.withRow(row) { encoding.appendRaw($0, to: &bytes) }
    }
    return Response(
      type: form.rawValue, body: bytes,
      headers: [
        (name: "x-embed-rows", value: "\(matrix.rows)"),
        (name: "x-embed-dimensions", value: "\(columns)"),
        (
          name: "x-embed-type",
          value: encoding.quantization.map { $0.isSigned ? "int8" : "uint8" } ?? "float32"
        ),
      ], work: work)
  }

  /// Version 1.0 of NumPy's format: what is before the numbers has a multiple of 64 bytes.
  private var numPyHeader: [UInt8] {
    let type = encoding.quantization?.elementType ?? "<f4"
    let text =
      "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(matrix.rows), \(columns)), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
    let padding = String(repeating: " ", count: length - text.utf8.count - 1)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array((text + padding + "\n").utf8)
  }
}

extension [UInt8] {
  /// Bytes of one answer. Vectors of every token of long texts would otherwise come to gigabytes.
  private static let most = 256 << 20

  /// Appends many parts with something between them, and lets others have the thread now and then.
  /// - Parameter reading: bytes that are read for each part, where that takes longer than to write
  ///   it
  /// - Throws: a `Problem` where they come to more than an answer may have
  mutating func appendParts(
    _ count: Int, separator: String = ",", reading: [Int] = [],
    _ append: (Int, inout [UInt8]) throws -> Void
  ) async throws {
    var (late, read) = (0, 0)
    for part in 0..<count {
      if part > 0 { self += separator.utf8 }
      try append(part, &self)
      read += reading.isEmpty ? 0 : reading[part]
      guard self.count - late + read > 1 << 18 else { continue }
      (late, read) = (self.count, 0)
      guard late <= Self.most else {
        throw Problem(
          .tooLarge, status: 413,
          "the answer is larger than \(Self.most) bytes, the most that is sent; ask for fewer texts"
        )
      }
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}

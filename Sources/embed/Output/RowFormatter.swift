import Embeddings
import ModelFiles
import Vectors

/// Formats rows as bytes, in any format; a pure function, so that several threads can share it.
struct RowFormatter: Sendable {
  let format: VectorFormat
  /// False with `--no-text`.
  var keepsText = true
  /// What becomes of numbers that do not stay float32.
  var quantization: Quantization?
  /// What numbers are quantized by, where they need that.
  var ranges: ColumnRanges?
  /// The tokens of a sparse vector and their weights, where JSON lines have those and not indices.
  var terms: (@Sendable (SparseMatrix.Row) -> [(token: String, weight: Float)])?

  /// Appends one row, of which the model made `results` at `index`; unused where the row is a
  /// problem, which a format that `supportsMissingRows` says and others leave out.
  /// - `extras`: what `--tokens` adds to rows that are no problem.
  func format(
    row: InputRow, _ results: Results, at index: Int, extras: RowExtras? = nil,
    into output: inout [UInt8]
  ) {
    let tail = appendHead(of: row, extras, to: &output)
    if row.problem == nil { append(results, at: index, to: &output) }
    output += tail
  }

  /// Appends what the model made of one text: a vector; a vector for each token; or, of a sparse
  /// vector, the numbers that are not 0 and their indices.
  private func append(_ results: Results, at index: Int, to output: inout [UInt8]) {
    switch results {
    case .rows(let matrix): matrix.withRow(index) { append($0, to: &output) }
    case .ragged(let groups): append(groups, at: index, to: &output)
    case .sparse(let matrix):
      guard format == .jsonl else {
        output += CSRFile.spooled(matrix.picked(CollectionOfOne(index)))
        return
      }
      append(matrix[index], to: &output)
    }
  }

  /// Appends the vectors of a text's tokens: an array of arrays in JSON, else row after row.
  private func append(_ groups: RaggedMatrix, at index: Int, to output: inout [UInt8]) {
    if format == .jsonl { output.append(UInt8(ascii: "[")) }
    for row in groups[index] {
      if format == .jsonl, row > groups[index].lowerBound { output.append(UInt8(ascii: ",")) }
      groups.matrix.withRow(row) { append($0, to: &output) }
    }
    if format == .jsonl { output.append(UInt8(ascii: "]")) }
  }

  /// Appends a sparse vector as `{"indices":[…],"values":[…]}`, or as `{"token":weight,…}`.
  private func append(_ row: SparseMatrix.Row, to output: inout [UInt8]) {
    output.appendJSON(
      terms.map { .object($0(row).map { ($0.token, .float($0.weight)) }) }
        ?? .object([
          ("indices", .array(row.indices.map { .int(Int($0)) })),
          ("values", .array(row.values.map { .float($0) })),
        ]))
  }

  /// Appends a vector.
  func append(_ vector: UnsafeBufferPointer<Float>, to output: inout [UInt8]) {
    if format == .jsonl { output.append(UInt8(ascii: "[")) }
    appendNumbers(vector, to: &output)
    if format == .jsonl { output.append(UInt8(ascii: "]")) }
  }

  private func appendNumbers(_ vector: UnsafeBufferPointer<Float>, to output: inout [UInt8]) {
    switch (format, quantization) {
    case (.jsonl, nil): output.appendDecimals(vector, notFinite: .null)
    case (.csv, nil): output.appendDecimals(vector, notFinite: .named)
    // As they are in memory: little-endian on every machine that this is built for.
    case (_, nil): output.append(contentsOf: UnsafeRawBufferPointer(vector))
    case (_, let kind?) where format.isBinary: kind.append(vector, ranges, to: &output)
    case (_, let kind?):
      var bytes: [UInt8] = []
      kind.append(vector, ranges, to: &bytes)
      appendWholes(bytes, isSigned: kind.isSigned, to: &output)
    }
  }

  /// Appends what comes before a row's vector.
  /// - Returns: what comes after it.
  func appendHead(of row: InputRow, _ extras: RowExtras?, to output: inout [UInt8]) -> [UInt8] {
    switch format {
    case .jsonl: appendObject(row, extras, to: &output)
    case .csv: row.problem == nil ? [UInt8(ascii: "\n")] : []
    case .npy, .npz, .f32, .i8, .u8: []
    }
  }

  private func appendObject(
    _ row: InputRow, _ extras: RowExtras?, to output: inout [UInt8]
  ) -> [UInt8] {
    var dropped: ReservedFields = .embedding
    if !keepsText { dropped.insert(.text) }
    if extras != nil { dropped.insert(.tokens) }
    if row.problem != nil { dropped.insert(.error) }
    var tail: [UInt8] = []
    switch row.source {
    case .object(let object):
      let (isEmpty, rest) = object.appendKept(without: dropped, to: &output)
      if !isEmpty { output.append(UInt8(ascii: ",")) }
      tail += object.bytes[rest]
    case .record(let record):
      output.append(UInt8(ascii: "{"))
      record.appendFields(without: dropped, to: &output)
      tail.append(UInt8(ascii: "}"))
    case .line, .file, .nothing, .members:
      output.append(UInt8(ascii: "{"))
      if case .file(let path) = row.source {
        output.appendJSON(field: "file")
        output.appendJSON(string: Array(path.utf8))
        output.append(UInt8(ascii: ","))
      }
      if keepsText, let text = row.text {
        output.appendJSON(field: "text")
        output.appendJSON(string: text)
        output.append(UInt8(ascii: ","))
      }
      tail.append(UInt8(ascii: "}"))
    }
    appendResult(row, extras, to: &output)
    tail.append(UInt8(ascii: "\n"))
    return tail
  }

  /// The fields that are added: `"tokens":3,"truncated":false,"embedding":`.
  private func appendResult(_ row: InputRow, _ extras: RowExtras?, to output: inout [UInt8]) {
    if let problem = row.problem {
      output.appendJSON(field: "embedding")
      output += "null,".utf8
      output.appendJSON(field: "error")
      return output.appendJSON(string: problem.description)
    }
    if let extras {
      output.appendJSON(field: "tokens")
      output += "\(extras.tokens),".utf8
      output.appendJSON(field: "truncated")
      output += "\(extras.isTruncated),".utf8
    }
    output.appendJSON(field: "embedding")
  }
}

/// What `--tokens` adds to a row.
struct RowExtras: Sendable {
  let tokens: Int
  let isTruncated: Bool
}

/// Appends bytes as whole numbers with commas between them.
private func appendWholes(_ bytes: [UInt8], isSigned: Bool, to output: inout [UInt8]) {
  let zero = UInt8(ascii: "0")
  for (index, byte) in bytes.enumerated() {
    if index > 0 { output.append(UInt8(ascii: ",")) }
    let isNegative = isSigned && byte >= 0x80
    if isNegative { output.append(UInt8(ascii: "-")) }
    let magnitude = isNegative ? 0 &- byte : byte
    if magnitude >= 100 { output.append(zero + magnitude / 100) }
    if magnitude >= 10 { output.append(zero + magnitude / 10 % 10) }
    output.append(zero + magnitude % 10)
  }
}

/// How vectors are written.
enum VectorFormat: String, CaseIterable, Sendable {
  case jsonl, npy, csv
  /// Sparse vectors, as SciPy saves them.
  case npz
  /// Rows one after the other: of float32; of bytes with a sign and without.
  case f32, i8, u8

  /// Whether a row without a vector can be written, for `--on-error null`: the others are nothing
  /// but numbers.
  var supportsMissingRows: Bool { self == .jsonl }

  /// Whether the bytes are for programs only, so that a terminal should not get them.
  var isBinary: Bool { self == .npy || self == .npz || rawElement != nil }

  /// Of raw rows, the only elements that they have, as NumPy calls those.
  var rawElement: String? {
    switch self {
    case .f32: "<f4"
    case .i8: "|i1"
    case .u8: "|u1"
    case .jsonl, .npy, .npz, .csv: nil
    }
  }
}

import ModelFiles

/// Writes rows as bytes, in any of the formats; pure, so that several threads can share the work.
struct RowFormatter: Sendable {
  let format: VectorFormat
  /// False with `--no-text`.
  var keepsText = true

  /// Appends one row.
  /// - `vector`: unused where the row is a problem, which only a format that
  ///   `supportsMissingRows` can say; the others leave it out.
  /// - `extras`: what `--tokens` adds to rows that are no problem.
  func format(
    row: InputRow, vector: UnsafeBufferPointer<Float>, extras: RowExtras? = nil,
    into output: inout [UInt8]
  ) {
    switch format {
    case .jsonl:
      appendObject(row, vector, extras, to: &output)
      output.append(UInt8(ascii: "\n"))
    case .csv where row.problem == nil:
      appendNumbers(vector, notFinite: .named, to: &output)
      output.append(UInt8(ascii: "\n"))
    case .npy where row.problem == nil, .f32 where row.problem == nil:
      // As they lie in memory: little-endian on every machine that this is built for.
      output.append(contentsOf: UnsafeRawBufferPointer(vector))
    case .csv, .npy, .f32: break
    }
  }

  private func appendObject(
    _ row: InputRow, _ vector: UnsafeBufferPointer<Float>, _ extras: RowExtras?,
    to output: inout [UInt8]
  ) {
    var dropped: Roles = .embedding
    if !keepsText { dropped.insert(.text) }
    if extras != nil { dropped.insert(.tokens) }
    if row.problem != nil { dropped.insert(.error) }
    switch row.origin {
    case .object(let object):
      let (isEmpty, rest) = object.appendKept(without: dropped, to: &output)
      if !isEmpty { output.append(UInt8(ascii: ",")) }
      appendResult(row, vector, extras, to: &output)
      output += object.bytes[rest]
      return
    case .record(let record):
      output.append(UInt8(ascii: "{"))
      record.appendMembers(without: dropped, to: &output)
    case .line, .nothing:
      output.append(UInt8(ascii: "{"))
      if keepsText, let text = row.text {
        output += "\"text\":".utf8
        text.withUnsafeBytes { appendJSONString($0, to: &output) }
        output.append(UInt8(ascii: ","))
      }
    }
    appendResult(row, vector, extras, to: &output)
    output.append(UInt8(ascii: "}"))
  }

  /// The members that are ours: `"tokens":3,"truncated":false,"embedding":[…]`.
  private func appendResult(
    _ row: InputRow, _ vector: UnsafeBufferPointer<Float>, _ extras: RowExtras?,
    to output: inout [UInt8]
  ) {
    if let problem = row.problem {
      output += "\"embedding\":null,\"error\":".utf8
      Array(problem.utf8).withUnsafeBytes { appendJSONString($0, to: &output) }
      return
    }
    if let extras {
      output += "\"tokens\":\(extras.tokens),\"truncated\":\(extras.isTruncated),".utf8
    }
    output += "\"embedding\":[".utf8
    appendNumbers(vector, notFinite: .null, to: &output)
    output.append(UInt8(ascii: "]"))
  }
}

/// What `--tokens` tells of a row.
struct RowExtras: Sendable {
  let tokens: Int
  let isTruncated: Bool
}

/// How a number that is none is written.
enum NotFinite {
  /// As JSON must.
  case null
  /// `nan`, `inf`, `-inf`: as NumPy reads them from text.
  case named

  func text(of value: Float) -> String {
    switch self {
    case .null: "null"
    case .named: value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
  }
}

/// Appends the shortest decimals of a vector, with commas between them.
func appendNumbers(
  _ vector: UnsafeBufferPointer<Float>, notFinite: NotFinite, to output: inout [UInt8]
) {
  // A piece at a time on the stack: appending single bytes to an array costs more than the digits.
  let piece = 64
  let room = piece * (ShortestFloat.room + 1)
  PowersOfTen.table.withUnsafeBufferPointer { powers in
    guard let base = powers.baseAddress else { return }
    let number = ShortestFloat(powers: base)
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { text in
      guard let bytes = text.baseAddress else { return }
      for first in stride(from: 0, to: vector.count, by: piece) {
        var length = 0
        for i in first..<min(first + piece, vector.count) {
          if i > 0 {
            bytes.storeBytes(of: UInt8(ascii: ","), toByteOffset: length, as: UInt8.self)
            length += 1
          }
          if vector[i].isFinite {
            length += number.write(vector[i], at: bytes + length)
          } else {
            let word = Array(notFinite.text(of: vector[i]).utf8)
            (bytes + length).copyMemory(from: word, byteCount: word.count)
            length += word.count
          }
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[..<length]))
      }
    }
  }
}

import Embeddings
import ModelFiles
import Tensors
import Vectors

/// The rows of a table that is evaluated, all at once.
struct RecordedTexts {
  let records: [RecordReader.Record]

  /// - Throws: for a row that cannot be read, and without any row
  init(_ path: String, columns: ColumnNames) throws {
    var (reader, records) = (try RecordReader(path, columns: columns), [RecordReader.Record]())
    while true {
      let rows = try reader.next(upTo: 4096)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { break }
      records += rows
    }
    guard !records.isEmpty else {
      throw FileError(
        "\(InputFile.name(path)) has no rows of \(columns.names.joined(separator: ", "))")
    }
    self.records = records
  }

  /// Rows of a table that was read.
  init(_ records: [RecordReader.Record]) { self.records = records }

  /// The cells of one column as strings.
  func strings(_ column: Int) -> [String] {
    records.map { String(decoding: $0.cells[column], as: UTF8.self) }
  }

  /// The cells of one column as numbers.
  func numbers(_ column: Int, _ name: String) throws -> [Double] {
    try records.map { record in
      let text = String(decoding: record.cells[column], as: UTF8.self)
      let trimmed = text.split { $0 == " " || $0 == "\r" }
      guard trimmed.count == 1, trimmed[0].utf8.allSatisfy(Self.isDecimal),
        let value = Double(String(trimmed[0])), value.isFinite
      else {
        throw FileError(
          "\(record.place): \(name) is `\(text.prefix(40))`, should be a number such as 2.5")
      }
      return value
    }
  }

  /// Whether a byte may stand in a number: none of hexadecimal ones, and no NUL to end it early.
  private static func isDecimal(_ byte: UInt8) -> Bool { "0123456789+-.eE".utf8.contains(byte) }

  /// The vectors of one column's texts, each different text through the model once.
  func vectors(
    _ column: Int, _ embedder: Embedder, _ prompt: Route, _ messages: Messages
  ) throws -> Matrix {
    var places: [[UInt8]: Int] = [:]
    var (texts, first) = ([[UInt8]](), [Int]())
    let rows = records.enumerated().map { index, record in
      let text = record.cells[column]
      if let place = places[text] { return place }
      places[text] = texts.count
      texts.append(text)
      first.append(index)
      return texts.count - 1
    }
    guard !texts.isEmpty else { return Matrix(columns: embedder.dimension, []) }
    var parts: [Tensor] = []
    var cut = 0
    for start in stride(from: 0, to: texts.count, by: 4096) {
      let part = Array(texts[start..<min(start + 4096, texts.count)])
      let made = try embedder.finiteVectors(of: part, prompt) {
        "\(records[first[start + $0]].place)"
      }
      parts.append(made.vectors.tensor)
      cut += made.cut
    }
    messages.noteCut(cut, of: prompt)
    return Matrix(Tensor.stacked(parts)).picked(rows)
  }
}

extension Similarity {
  /// Whether its negative is what people call a distance.
  var isDistance: Bool { self == .euclidean || self == .manhattan }
}

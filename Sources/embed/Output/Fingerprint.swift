import Embeddings
import Vectors

/// FNV-1a (Fowler, Noll and Vo) over runs of bytes, each with its length before it: finds
/// what was mixed up, not what was made to look the same.
struct Fingerprint {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  // All numbers of a large file take longer to add up than to search.
  private static let (hashedRows, hashedColumns) = (1024, 4096)

  /// Of nothing yet.
  init() {}

  init(_ texts: [[UInt8]]) { for text in texts { add(text) } }

  mutating func add(_ text: [UInt8]) { text.withUnsafeBytes { add($0) } }

  init(_ ranges: ColumnRanges) {
    for bounds in [ranges.minimum, ranges.maximum] { bounds.withUnsafeBytes { add($0) } }
  }

  /// Of rows at equal distances, the first and the last among them.
  init(_ matrix: Matrix) {
    for index in Self.spread(over: matrix.rows) {
      matrix.withRow(index) { row in
        let first = UnsafeBufferPointer(rebasing: row.prefix(Self.hashedColumns))
        add(UnsafeRawBufferPointer(first))
      }
    }
  }

  private static func spread(over rows: Int) -> [Int] {
    let (last, count) = (rows - 1, min(rows, hashedRows))
    let steps = max(count - 1, 1)
    return (0..<count).map { last / steps * $0 + last % steps * $0 / steps }
  }

  /// The same of rows in fewer bits.
  init(_ quantized: QuantizedRows) {
    for index in Self.spread(over: quantized.count) {
      quantized.withRow(index) {
        add(UnsafeRawBufferPointer(rebasing: $0.prefix(Self.hashedColumns)))
      }
    }
  }

  /// Of what a model made of texts: some of the numbers, and where they belong.
  init(_ results: Results) {
    switch results {
    case .rows(let matrix): self.init(matrix)
    case .ragged(let groups):
      self.init(groups.matrix)
      groups.lengths.withUnsafeBytes { add($0) }
    case .sparse(let matrix):
      self.init()
      for index in Self.spread(over: matrix.rows) {
        let row = matrix[index]
        row.indices.withUnsafeBytes { add($0) }
        row.values.withUnsafeBytes { add($0) }
      }
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: bytes.count >> shift))
    }
    for byte in bytes { add(byte) }
  }

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// 16 digits.
  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The bytes that were read and are in no row yet, in the memory of a row's limit and one chunk.
struct RowBuffer {
  private static let chunk = 256 << 10

  private var bytes: [UInt8] = []
  /// `bytes[start..<end]` are those in no row yet.
  private var start = 0
  private var end = 0
  /// Whether no more will come.
  private(set) var isComplete = false

  /// How many are in no row yet.
  var pending: Int { end - start }

  /// The bytes that are in no row yet; positions elsewhere count from their first.
  func withPending<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// A copy of some of them.
  func copy(_ range: Range<Int>) -> [UInt8] {
    Array(bytes[start + range.lowerBound..<start + range.upperBound])
  }

  subscript(_ position: Int) -> UInt8 { bytes[start + position] }

  /// Gives up the first `count` of them.
  mutating func drop(_ count: Int) { start += count }

  /// Reads what the source has.
  /// - Returns: `false` for nothing yet
  mutating func fill(from source: any ByteSource, waiting: Bool) throws -> Bool {
    makeRoom()
    let reading = try bytes.withUnsafeMutableBytes { bytes in
      try source.read(into: .init(rebasing: bytes[end...]), waiting: waiting)
    }
    switch reading {
    case .bytes(let count): end += count
    case .nothingYet: return false
    case .end: isComplete = true
    }
    return true
  }

  /// Moves what is pending to the front and makes it a chunk longer than that.
  private mutating func makeRoom() {
    if start > 0 {
      bytes.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      end -= start
      start = 0
    }
    if bytes.count - end < Self.chunk {
      let size = max(
        end + Self.chunk, min(2 * bytes.count, RawRow.longest + 2 * Self.chunk))
      var larger = [UInt8](repeating: 0, count: size)
      larger.withUnsafeMutableBytes { $0.copyBytes(from: bytes[..<end]) }
      bytes = larger
    }
  }

  /// Drops a byte order mark, which only a file's start has.
  /// - Returns: whether enough of the file is there to know that there is none, or no longer
  mutating func dropByteOrderMark() -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let head = bytes[start..<min(end, start + mark.count)]
    if head.count < mark.count, mark.starts(with: head), !isComplete { return false }
    if head.elementsEqual(mark) { drop(mark.count) }
    return true
  }
}

/// Divides what a buffer holds into raw rows.
protocol RowSplitter {
  /// The next row that is complete; `.hungry` asks for more bytes, `.end` comes once all are out.
  mutating func next(in buffer: inout RowBuffer) -> SplitStep

  /// Whether what comes is the rest of a row that was too long and has been reported.
  var isSkipping: Bool { get }
}

/// What came of looking for the next row.
enum SplitStep {
  case row(RawRow)
  case hungry
  case end
}

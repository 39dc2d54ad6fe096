import ModelFiles
import Vectors

/// `FILE.lengths.npy`, which grows beside a NumPy file of the vectors of tokens: how many each text
/// has.
struct RaggedLengths {
  /// The texts so far, and their vectors.
  private(set) var (texts, vectors) = (0, 0)
  private let output: OutputFile

  private static let headerBytes = 128
  private static let lengthBytes = 8

  /// - Parameter output: the file of the vectors
  init(beside output: OutputFile, keepingPart: Bool) throws {
    guard let part = output.part else {
      throw FileError(
        "\(output.name): the vectors of tokens as npy are two files, the second with the number of "
          + "vectors of each text; give --output FILE, or take --format jsonl")
    }
    let file = String(part.dropLast(".part".count))
    self.output = try OutputFile(
      beside: file, named: RaggedFile.lengthsPath(file), keepingPart: keepingPart)
  }

  /// Begins a file: no NumPy header, so that nothing takes it for whole.
  func start() throws {
    try output.cut(to: 0)
    try output.write([UInt8](repeating: 0, count: Self.headerBytes))
  }

  /// Counts the texts of an earlier run whose vectors are all there.
  /// - Parameter available: the vectors that are there
  /// - Returns: the length of the last of them; `nil` where there is none
  mutating func resume(fitting available: Int) throws -> Int? {
    let (size, share) = (try output.size(), Self.lengthBytes << 17)
    var last: Int?
    for start in stride(from: Self.headerBytes, to: size, by: share) {
      try Interrupt.check()
      let bytes = try output.read(start..<min(start + share, size))
      for offset in stride(from: 0, through: bytes.count - Self.lengthBytes, by: Self.lengthBytes) {
        let length = bytes.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        }
        guard length >= 0, length <= available - vectors else { return last }
        (texts, vectors, last) = (texts + 1, vectors + Int(length), Int(length))
      }
    }
    return last
  }

  /// Leaves out what follows the texts that were counted, and goes on behind them.
  func cut() throws { try output.cut(to: Self.headerBytes + texts * Self.lengthBytes) }

  /// Adds texts with so many vectors each.
  mutating func append(_ lengths: [Int]) throws {
    try output.write(lengths.flatMap { withUnsafeBytes(of: Int64($0)) { Array($0) } })
    texts += lengths.count
    vectors += lengths.reduce(0, +)
  }

  /// Makes the file whole.
  func finish() throws {
    try output.patch(RaggedFile.lengthsHeader(groups: texts))
    try output.finish()
  }
}

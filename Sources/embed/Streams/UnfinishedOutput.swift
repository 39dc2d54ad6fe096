import Glibc
import ModelFiles

/// The whole rows of a part that an earlier run left.
struct UnfinishedOutput: Sendable, Equatable {
  let rows: Int
  /// Those of the rows, and of a header.
  let bytes: Int

  /// Looks at `PATH.part`; `nil` when there is none, or not even a header.
  init?(of path: String, formatter: RowFormatter, dimensions: Int) throws {
    guard case .file(let target) = try Destination(path) else { return nil }
    let part = target + ".part"
    var status = stat()
    guard lstat(part, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int(status.st_size)
    let rowBytes = dimensions * formatter.element.byteCount
    switch formatter.format {
    case .jsonl, .csv:
      (rows, bytes) = try Self.wholeLines(part)
    case .f32, .npy:
      let header = formatter.format == .npy ? NumPyHeader.byteCount : 0
      guard size >= header, rowBytes > 0 else { return nil }
      rows = (size - header) / rowBytes
      bytes = header + rows * rowBytes
    }
  }

  /// A row's newline is its last byte, so what follows the last one was cut off.
  private static func wholeLines(_ part: String) throws -> (rows: Int, bytes: Int) {
    let file = try InputFile(part)
    var rows = 0
    var read = 0
    var bytes = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      switch try buffer.withUnsafeMutableBytes({ try file.read(into: $0, waiting: true) }) {
      case .bytes(let count):
        rows += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
        if let last = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) { bytes = read + last + 1 }
        read += count
      case .end: return (rows, bytes)
      case .nothingYet: throw FileError("\(part): interrupted before all of it was read")
      }
    }
  }
}

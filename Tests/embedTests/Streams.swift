import Glibc

@testable import embed

/// Writes all bytes.
func send(_ bytes: [UInt8], to descriptor: Int32) {
  var sent = 0
  while sent < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
    guard count > 0 else { return }
    sent += count
  }
}

/// Reads to the end.
func received(from descriptor: Int32) -> [UInt8] {
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return all }
    all += buffer[..<count]
  }
}

/// Both ends of a pipe.
func makePipe() -> (readEnd: Int32, writeEnd: Int32) {
  var ends: [Int32] = [-1, -1]
  pipe(&ends)
  return (ends[0], ends[1])
}

/// All rows of a list of files, in windows.
func allRows(
  _ files: [String], format: InputFormat? = nil, field: String = "text", window: Int = 1000
) throws -> [InputRow] {
  var reader = try RowReader(files, as: TextFormat(format: format), field: FieldNames(field))
  var rows: [InputRow] = []
  while let window = try reader.window(upTo: window, bytes: 1 << 20) { rows += window }
  return rows
}

/// A row as tests write it: its text, or the problem behind `!`.
func brief(_ row: InputRow) -> String {
  row.text.map { String(decoding: $0, as: UTF8.self) } ?? "!" + (row.problem?.description ?? "")
}

/// What a body throws, in words.
func thrown(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing"
  } catch {
    return "\(error)"
  }
}

import ModelFiles

/// A row as it lies in the file, without its line end.
struct RawRow: Equatable {
  /// Empty where there is a fault.
  let bytes: [UInt8]
  let line: Int
  let fault: RowFault?

  /// What is wrong with the row's bytes, and where in it.
  /// - `file`: as messages name it.
  func problem(in file: String) -> (place: Place, reason: String)? {
    var line = line
    let reason: String
    switch fault {
    case .tooLong:
      reason = "longer than \(RowSplitter.longestRow >> 20) MiB; split the row"
    case .openQuote(let opened):
      line = opened
      reason = "a quote opens here and is never closed; close it, or double it if it is text"
    case .strayText(let strayed):
      line = strayed
      reason =
        "text after a closing quote, where a comma or the line's end should be; "
        + "write a quote inside quotes twice"
    case nil:
      guard let offset = bytes.withUnsafeBytes(firstInvalidUTF8) else { return nil }
      let before = bytes[..<offset]
      line += before.count { $0 == 0x0A }
      let column = offset - (before.lastIndex(of: 0x0A) ?? -1)
      let byte = String(bytes[offset], radix: 16, uppercase: true)
      reason = "not UTF-8 (byte 0x\(byte) at column \(column)); convert the file to UTF-8"
    }
    return (Place(file: file, line: line), reason)
  }
}

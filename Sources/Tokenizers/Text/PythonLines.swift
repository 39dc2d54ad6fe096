extension UnsafeRawBufferPointer {
  /// The lines as Python's text files have them: LF, CR LF or CR ends one, and is no part of it.
  /// - Parameter unterminated: whether what stands after the last end of a line, if anything, is a
  ///   line as well.
  func pythonLines(unterminated: Bool) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    for position in 0..<count {
      let byte = self[position]
      guard byte == 0x0A || byte == 0x0D else { continue }
      // The LF of CR LF ends no line of its own.
      if byte == 0x0A, position > 0, self[position - 1] == 0x0D {
        start = position + 1
        continue
      }
      lines.append(start..<position)
      start = position + 1
    }
    if unterminated, start < count { lines.append(start..<count) }
    return lines
  }
}

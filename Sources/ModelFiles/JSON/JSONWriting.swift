extension [UInt8] {
  /// Appends a JSON string: `utf8`, which should be UTF-8, between quotes, with quotes, backslashes
  /// and control characters escaped and everything else as it is.
  package mutating func appendJSON(string utf8: some Collection<UInt8>) {
    let isDone: Void? = utf8.withContiguousStorageIfAvailable {
      append(escaping: UnsafeRawBufferPointer($0))
    }
    if isDone == nil { Array(utf8).withUnsafeBytes { append(escaping: $0) } }
  }

  /// Appends a JSON string.
  package mutating func appendJSON(string utf8: [UInt8]) {
    utf8.withUnsafeBytes { append(escaping: $0) }
  }

  private mutating func append(escaping utf8: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    var written = 0
    var position = 0
    while position < utf8.count {
      if utf8.count &- position >= 8 {
        let plain = ByteWord(utf8, at: position).plain(ascii: false)
        position &+= plain
        if plain == 8 { continue }
      }
      let byte = utf8[position]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[written..<position]))
        appendEscape(byte, to: &self)
        written = position &+ 1
      }
      position &+= 1
    }
    append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[written..<position]))
    append(UInt8(ascii: "\""))
  }

  /// Appends a JSON string.
  package mutating func appendJSON(string text: String) { appendJSON(string: text.utf8) }

  /// Appends the name of an object's field, with the colon.
  package mutating func appendJSON(field name: String) {
    appendJSON(string: name)
    append(UInt8(ascii: ":"))
  }
}

/// The escape of a quote, a backslash or a control character, in its short form if it has one.
private func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
  let short: Unicode.Scalar? =
    switch byte {
    case 0x08: "b"
    case 0x09: "t"
    case 0x0A: "n"
    case 0x0C: "f"
    case 0x0D: "r"
    case UInt8(ascii: "\""): "\""
    case UInt8(ascii: "\\"): "\\"
    default: nil
    }
  if let short {
    output += [UInt8(ascii: "\\"), UInt8(ascii: short)]
  } else {
    output += "\\u00".utf8
    output += [byte >> 4, byte & 15].map { $0 + UInt8(ascii: $0 < 10 ? "0" : "W") }
  }
}

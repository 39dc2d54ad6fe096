extension JSON {
  /// Where in the document this value is, as `a.b[3]` (a key is where its value is); empty for the
  /// whole document. It is found by walking down the tape, so ask only on the way to an error.
  package var path: String {
    var path = ""
    var outer = 0
    while outer < node {
      var inner = outer + 1
      if document.kind(of: outer) == .object {
        while document.next(after: inner + 1) <= node { inner = document.next(after: inner + 1) }
        path = JSON(document, inner).appended(to: path)
        outer = inner + 1
      } else {
        var position = 0
        while document.next(after: inner) <= node {
          inner = document.next(after: inner)
          position += 1
        }
        path += "[\(position)]"
        outer = inner
      }
    }
    return path
  }

  /// How messages begin: the document's name and, unless this is all of it, "`path`".
  package var place: String {
    let path = path
    return path.isEmpty ? name : "\(name): `\(path)`"
  }

  /// The error of a value that is not what it should be.
  package func mismatch(_ expected: String) -> FileError {
    FileError("\(place) should be \(expected), is \(found)")
  }

  /// The error of an object without the member `key`.
  func missing(_ key: String, _ expected: String) -> FileError {
    let path = path
    let full = path.isEmpty ? key : "\(path).\(key)"
    return FileError("\(name): `\(full)` is missing, should be \(expected)")
  }

  /// The value in a few words: a scalar's own text, or the kind of container.
  package var found: String {
    switch kind {
    case .array: "an array"
    case .object: "an object"
    default: withSource(excerpt)
    }
  }

  /// `path` with this key at its end.
  private func appended(to path: String) -> String {
    let key = document.withString(node, legible)
    if key.utf8.first == UInt8(ascii: "\"") { return "\(path)[\(key)]" }
    return path.isEmpty ? key : "\(path).\(key)"
  }
}

/// A name for messages: as it is when that reads well, else as a JSON string; shortened when long.
package func legible(_ name: some Collection<UInt8>) -> String {
  let isPlain = name.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"\\`[]".utf8.contains($0) }
  var text = Array(name)
  if !isPlain || text.isEmpty {
    text = []
    text.appendJSON(string: name)
  }
  return text.withUnsafeBytes(excerpt)
}

/// A name for messages, as `legible` for bytes.
package func legible(_ name: String) -> String { legible(name.utf8) }

/// The text, or as much of it as a message can bear.
private func excerpt(_ text: UnsafeRawBufferPointer) -> String {
  let longest = 80
  if text.count <= longest { return String(decoding: text, as: UTF8.self) }
  var end = longest
  while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
  return String(decoding: text[..<end], as: UTF8.self) + "…"
}

/// A folder that files are being written into, each from its beginning to its end.
package protocol FolderWriting: AnyObject {
  /// Writes a file in pieces; `name` is relative, and its folders are made.
  func write(_ name: String, _ body: (borrowing FileWriter) throws -> Void) throws

  /// Of the weights that were written.
  var checksums: Checksums { get set }
}

extension FolderWriting {
  /// Writes a whole file; `name` is relative, and its folders are made.
  package func write(_ name: String, _ bytes: [UInt8]) throws {
    try write(name) { file in try bytes.withUnsafeBytes { try file.append($0) } }
  }

  /// Copies a file as it is.
  package func copy(_ source: String, to name: String) throws {
    let file = try OpenFile(source)
    try write(name) { target in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer { buffer.deallocate() }
      while true {
        let count = try file.next(into: buffer)
        if count == 0 { return try file.checkUnchanged() }
        try target.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// Writes the sums of the weights beside them.
  package func writeChecksums() throws {
    if !checksums.entries.isEmpty { try write(Checksums.fileName, checksums.bytes) }
  }
}

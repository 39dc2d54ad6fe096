/// A zip archive written by hand, truthful unless told otherwise.
struct ZipBytes {
  struct File {
    var name: String
    var bytes: [UInt8] = []
    var flags: UInt16 = 0
    var method: UInt16 = 0
    var disk: UInt16 = 0
    /// What the directory says, in place of the truth.
    var size, storedSize, offset: UInt32?
    var extra: [UInt8] = []
    /// What the file's own header says, in place of the truth.
    var ownName: String?
    var ownFlags: UInt16?
    var ownSize: UInt32?
    /// Between the file and the next.
    var tail: [UInt8] = []
  }

  var files: [File]
  var front: [UInt8] = []
  var comment: [UInt8] = []
  /// What the end record says, in place of the truth.
  var count: UInt16?
  var directorySize, directoryOffset: UInt32?
  var disk: UInt16 = 0
  /// A 64-bit end record: what it says the count is, and where its locator says it is.
  var large: (count: UInt64?, offset: UInt64?)?

  var bytes: [UInt8] {
    var output = front
    var directory: [UInt8] = []
    for file in files {
      directory += entry(file, at: output.count)
      output += own(file)
    }
    let start = output.count
    output += directory
    let (offset, size) = (
      directoryOffset ?? UInt32(start), directorySize ?? UInt32(directory.count)
    )
    if let large {
      let place = output.count
      output += Array("PK\u{6}\u{6}".utf8) + little(UInt64(44)) + little(UInt32(0x2D_0000))
      output += little(UInt64(0)) + little(large.count ?? UInt64(files.count))
      output += little(large.count ?? UInt64(files.count))
      output += little(UInt64(size)) + little(UInt64(offset))
      output += Array("PK\u{6}\u{7}".utf8) + little(UInt32(0))
      output += little(large.offset ?? UInt64(place)) + little(UInt32(1))
    }
    let count = count ?? UInt16(files.count)
    output += Array("PK\u{5}\u{6}".utf8) + little(disk) + little(disk) + little(count)
    output += little(count) + little(size) + little(offset)
    return output + little(UInt16(comment.count)) + comment
  }

  /// A file's own header, and the file.
  private func own(_ file: File) -> [UInt8] {
    let name = Array((file.ownName ?? file.name).utf8)
    let size = little(file.ownSize ?? UInt32(file.bytes.count))
    return Array("PK\u{3}\u{4}".utf8) + little(UInt16(0)) + little(file.ownFlags ?? file.flags)
      + little(file.method) + little(UInt64(0)) + size + size + little(UInt16(name.count))
      + little(UInt16(0)) + name + file.bytes + file.tail
  }

  private func entry(_ file: File, at place: Int) -> [UInt8] {
    let name = Array(file.name.utf8)
    let truth = UInt32(file.bytes.count)
    return Array("PK\u{1}\u{2}".utf8) + little(UInt32(0)) + little(file.flags) + little(file.method)
      + little(UInt64(0)) + little(file.storedSize ?? file.size ?? truth)
      + little(file.size ?? truth) + little(UInt16(name.count)) + little(UInt16(file.extra.count))
      + little(UInt16(0)) + little(file.disk) + [0, 0, 0, 0, 0, 0]
      + little(file.offset ?? UInt32(place)) + name + file.extra
  }
}

extension ZipBytes {
  /// What torch would write of `pickle` and the storage `0` of 24 bytes.
  static func torch(
    _ pickle: [UInt8] = PickleBytes.root([("w", PickleBytes.tensor())]), more: [File] = []
  ) -> ZipBytes {
    ZipBytes(
      files: [
        File(name: "archive/data.pkl", bytes: pickle),
        File(name: "archive/byteorder", bytes: Array("little".utf8)),
        File(name: "archive/data/0", bytes: Array(0..<24)),
      ] + more)
  }
}

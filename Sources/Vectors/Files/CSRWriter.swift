import ModelFiles

/// Writes sparse rows as `scipy.sparse.save_npz(path, matrix, compressed=False)` does, to the byte.
///
/// An archive's arrays begin with their lengths and checksums, so all rows are read once for these
/// and once for each array.
struct CSRWriter {
  typealias Sink = (UnsafeRawBufferPointer) throws -> Void
  /// Calls its argument with each row's columns and numbers.
  typealias Rows = ((UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) throws -> Void

  private let columns: Int
  private let rows: Rows
  private let sink: Sink
  private var count = 0
  private var stored = 0

  // Bytes that are gathered before they are written.
  private static let gathered = 1 << 16

  private init(columns: Int, _ rows: @escaping Rows, _ sink: @escaping Sink) throws {
    (self.columns, self.rows, self.sink) = (columns, rows, sink)
    try rows { indices, _ in
      count += 1
      stored += indices.count / 4
    }
  }

  /// Writes the whole archive.
  static func write(columns: Int, _ rows: Rows, _ sink: Sink) throws {
    try withoutActuallyEscaping(rows) { rows in
      try withoutActuallyEscaping(sink) { sink in
        try CSRWriter(columns: columns, rows, sink).write()
      }
    }
  }

  private func write() throws {
    // SciPy takes 64 bits for both once 32 do not do for one.
    let isWide = stored > Int32.max
    let element = isWide ? "<i8" : "<i4"
    var zip = ZipWriter()
    try add("indices", element, [stored], to: &zip) { out in
      try rows { indices, _ in
        guard isWide else { return try out(indices) }
        let wide = stride(from: 0, to: indices.count, by: 4).map {
          Int64(Int32(littleEndian: indices.loadUnaligned(fromByteOffset: $0, as: Int32.self)))
            .littleEndian
        }
        try wide.withUnsafeBytes { try out($0) }
      }
    }
    try add("indptr", element, [count + 1], to: &zip) { out in
      var start = 0
      func append() throws {
        let bytes = Int64(start).littleEndian
        try withUnsafeBytes(of: bytes) { try out(.init(rebasing: $0[..<(isWide ? 8 : 4)])) }
      }
      try append()
      try rows { indices, _ in
        start += indices.count / 4
        try append()
      }
    }
    try add("format", "|S3", [], to: &zip) { out in
      try Array("csr".utf8).withUnsafeBytes { try out($0) }
    }
    try add("shape", "<i8", [2], to: &zip) { out in
      try [Int64(count).littleEndian, Int64(columns).littleEndian].withUnsafeBytes { try out($0) }
    }
    try add("data", "<f4", [stored], to: &zip) { out in try rows { _, values in try out(values) } }
    try zip.directory().withUnsafeBytes { try sink($0) }
  }

  /// Adds an array to the archive.
  /// - Parameter elements: gives the bytes of its elements, twice the same
  private func add(
    _ name: String, _ element: String, _ shape: [Int], to zip: inout ZipWriter,
    _ elements: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let heading = NumPyHeading(element: element, shape: shape).bytes
    var checksum = Checksum()
    var size = heading.count
    heading.withUnsafeBytes { checksum.update($0) }
    try elements {
      checksum.update($0)
      size += $0.count
    }
    var bytes = zip.header("\(name).npy", size: size, checksum: checksum.value) + heading
    try elements { part in
      bytes += part
      guard bytes.count >= Self.gathered else { return }
      try bytes.withUnsafeBytes { try sink($0) }
      bytes.removeAll(keepingCapacity: true)
    }
    try bytes.withUnsafeBytes { try sink($0) }
  }
}

import ModelFiles

/// Reads the fields of a protocol buffer message one after the other. Every length is checked
/// against the bytes that are left.
struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(UnsafeRawBufferPointer)
  }

  private let message: UnsafeRawBufferPointer
  private let name: String
  private var position = 0

  /// - Parameter name: what errors call the file.
  init(_ message: UnsafeRawBufferPointer, name: String) {
    self.message = message
    self.name = name
  }

  /// The next field's number and value; nil at the end.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard position < message.count else { return nil }
    let key = try varint()
    guard let field = Int(exactly: key >> 3), field > 0 else { throw broken("field number 0") }
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2: return (field, .bytes(try bytes(try varint())))
    case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw broken("wire type \(key & 7)")
    }
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < message.count else { throw broken("the file ends within a number") }
      let byte = message[position]
      position += 1
      // What does not fit into 64 bits is dropped, as protobuf does.
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw broken("a number of more than 10 bytes")
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    let bytes = try bytes(UInt64(count))
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func bytes(_ count: UInt64) throws -> UnsafeRawBufferPointer {
    guard count <= UInt64(message.count - position) else {
      throw broken("a field of \(count) bytes where \(message.count - position) are left")
    }
    let end = position + Int(count)
    defer { position = end }
    return UnsafeRawBufferPointer(rebasing: message[position..<end])
  }

  private func broken(_ found: String) -> FileError {
    FileError("\(name) is not a SentencePiece model: \(found) at byte \(position) of a message")
  }
}

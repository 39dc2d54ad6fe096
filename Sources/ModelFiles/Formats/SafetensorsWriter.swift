import Crypto

/// A tensor that is to be stored.
package struct NewTensor {
  let name: String
  let type: ElementType
  let shape: [Int]
  /// Hands its bytes out in order, row-major and little-endian, in pieces of any size.
  let body: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

  package init(
    _ name: String, _ type: ElementType, _ shape: [Int],
    _ body: @escaping (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    (self.name, self.type, self.shape, self.body) = (name, type, shape, body)
  }

  package var count: Int { shape.reduce(1, *) }
  var byteCount: Int { shape.reduce(type.byteCount, *) }
}

extension FolderWriting {
  /// Writes a safetensors file, whose SHA-256 is kept beside it.
  package func writeSafetensors(_ name: String, _ tensors: [NewTensor]) throws {
    var hash = SHA256()
    try write(name) { (file: borrowing FileWriter) in
      func append(_ bytes: UnsafeRawBufferPointer) throws {
        hash.update(bufferPointer: bytes)
        try file.append(bytes)
      }
      try header(of: tensors).withUnsafeBytes(append)
      for tensor in tensors {
        var rest = tensor.byteCount
        try tensor.body { bytes in
          rest -= bytes.count
          try append(bytes)
        }
        precondition(rest == 0, "\(tensor.name) has other bytes than its shape says")
      }
    }
    try checksums.append(name, hash.finalize())
  }
}

extension [NewTensor] {
  /// The tensors as a safetensors file.
  package func safetensors() throws -> [UInt8] {
    var bytes = header(of: self)
    for tensor in self { try tensor.body { bytes.append(contentsOf: $0) } }
    return bytes
  }
}

/// The length of the JSON header, and the header, padded so that the tensors are aligned.
private func header(of tensors: [NewTensor]) -> [UInt8] {
  // What the reference writes, and its loader asks for.
  var fields: [(String, JSONValue)] = [("__metadata__", ["format": "pt"])]
  var offset = 0
  for tensor in tensors {
    let end = offset + tensor.byteCount
    let entry: JSONValue = [
      "dtype": .string(tensor.type.rawValue), "shape": .array(tensor.shape.map { .int($0) }),
      "data_offsets": [.int(offset), .int(end)],
    ]
    fields.append((tensor.name, entry))
    offset = end
  }
  var json = JSONValue.object(fields).bytes
  while (json.count + 8) % 64 != 0 { json.append(UInt8(ascii: " ")) }
  return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
}

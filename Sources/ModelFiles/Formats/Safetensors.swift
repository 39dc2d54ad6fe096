/// The safetensors format: a length, a JSON header of that length, and the tensors' bytes without
/// a gap (huggingface/safetensors, README). Stricter than its reader where that costs nothing: a
/// name may be there once, and a shape has at most 8 dimensions.
enum Safetensors {
  /// The reader's own limit, which keeps a wrong length from costing memory.
  static let longestHeader = 100_000_000
  /// The header's length, as an unsigned little-endian number.
  private static let lengthBytes = 8

  /// Maps a file and checks its header to the last byte.
  @Sendable static func read(_ path: String) throws -> StoredTensors {
    let file = try MappedFile(path)
    let length = try headerLength(file)
    // A copy, so that it cannot change between the check and the use.
    let header = file.withBytes { [UInt8]($0[lengthBytes..<lengthBytes + length]) }
    try file.checkIntact()
    let tensors = try tensors(
      JSON(header, name: "\(path) (header)"), in: file, from: lengthBytes + length)
    try checkLayout(tensors, in: file, from: lengthBytes + length)
    return StoredTensors(tensors: tensors, files: [file])
  }

  private static func headerLength(_ file: MappedFile) throws -> Int {
    try file.withBytes { bytes in
      try refuseFailedDownload(bytes, name: file.path)
      guard bytes.count >= lengthBytes else {
        throw FileError(
          "\(file.path) has \(bytes.count) bytes, a safetensors file at least \(lengthBytes)")
      }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      let most = min(longestHeader, bytes.count - lengthBytes)
      guard length <= most else {
        throw FileError(
          "\(file.path) says its header has \(length) bytes, should be at most \(most); "
            + "it is cut short or no safetensors file")
      }
      return Int(length)
    }
  }

  private static func tensors(
    _ header: JSON, in file: MappedFile, from start: Int
  ) throws -> [RawTensor] {
    let count = try header.object().count
    guard count <= TensorFile.mostTensors else {
      throw FileError(
        "\(file.path) has \(count) tensors, should be at most \(TensorFile.mostTensors)")
    }
    var metadata: JSON?
    var tensors: [RawTensor] = []
    tensors.reserveCapacity(count)
    for (key, value) in header.members {
      let name = try key.string()
      if name.utf8.elementsEqual("__metadata__".utf8) {
        if metadata != nil { throw FileError("\(header.name): `__metadata__` is there twice") }
        metadata = value
        try checkMetadata(value)
      } else {
        tensors.append(try tensor(name, value, in: file, from: start))
      }
    }
    return tensors
  }

  /// Metadata is free text that is not read; other kinds of value may hide something.
  private static func checkMetadata(_ metadata: JSON) throws {
    if metadata.isNull { return }
    for (_, value) in try metadata.object().members { _ = try value.string() }
  }

  private static func tensor(
    _ name: String, _ entry: JSON, in file: MappedFile, from start: Int
  ) throws -> RawTensor {
    let fields = try fields(entry)
    let type = try elementType(fields.type)
    let shape = try shape(fields.shape)
    let range = try offsets(fields.offsets, most: file.count - start)
    guard let size = byteCount(shape, type) else {
      throw FileError(
        "\(file.path): tensor `\(legible(name))` is too large: \(type.rawValue) \(shape)")
    }
    guard range.count == size else {
      throw FileError(
        "\(file.path): tensor `\(legible(name))` has \(range.count) bytes, "
          + "\(type.rawValue) \(shape) should have \(size)")
    }
    return RawTensor(
      name: name, type: type, shape: shape, file: file,
      range: start + range.lowerBound..<start + range.upperBound)
  }

  /// A tensor's three members, each of which may be there once; others are ignored.
  private static func fields(_ entry: JSON) throws -> (type: JSON, shape: JSON, offsets: JSON) {
    var seen: Set<String> = []
    for (key, _) in try entry.object().members {
      let name = try key.string()
      guard ["dtype", "shape", "data_offsets"].contains(name) else { continue }
      if !seen.insert(name).inserted { throw FileError("\(key.place) is there twice") }
    }
    let type = try entry.member("dtype", "a string")
    return try (type, entry.array("shape"), entry.array("data_offsets"))
  }

  private static func elementType(_ json: JSON) throws -> ElementType {
    guard let type = ElementType(rawValue: try json.string()) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw json.mismatch("one of \(known)")
    }
    return type
  }

  private static func shape(_ json: JSON) throws -> [Int] {
    guard json.count <= TensorFile.mostDimensions else {
      throw FileError(
        "\(json.place) has \(json.count) dimensions, should have at most \(TensorFile.mostDimensions)"
      )
    }
    return try json.elements.map { try natural($0) }
  }

  private static func natural(_ json: JSON) throws -> Int {
    let value = try json.int()
    if value < 0 { throw json.mismatch("at least 0") }
    return value
  }

  /// Two offsets in the bytes after the header, in order, of which there are `most`.
  private static func offsets(_ json: JSON, most: Int) throws -> Range<Int> {
    guard json.count == 2, let first = json[0], let last = json[1] else {
      throw FileError("\(json.place) has \(json.count) numbers, should have 2")
    }
    let (begin, end) = try (natural(first), natural(last))
    guard begin <= end, end <= most else {
      throw FileError(
        "\(json.place) is [\(begin), \(end)], should be in order and at most \(most), "
          + "the bytes after the header; the file may be cut short")
    }
    return begin..<end
  }

  /// The bytes of a tensor, or nil when they overflow.
  private static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var size = type.byteCount
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      if overflow { return nil }
      size = product
    }
    return size
  }

  /// Every byte after the header must belong to one tensor: overlaps are a way to make a small
  /// file fill the memory, and gaps to hide another file in this one.
  private static func checkLayout(
    _ tensors: [RawTensor], in file: MappedFile, from start: Int
  ) throws {
    let ordered = tensors.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = start
    for tensor in ordered {
      guard tensor.range.lowerBound == end else {
        let problem = tensor.range.lowerBound < end ? "overlaps another" : "leaves a gap"
        throw FileError(
          "\(file.path): tensor `\(legible(tensor.name))` \(problem): begins at byte "
            + "\(tensor.range.lowerBound - start) of the data, should begin at \(end - start)")
      }
      end = tensor.range.upperBound
    }
    guard end == file.count else {
      throw FileError(
        "\(file.path) has \(file.count - end) bytes after its last tensor, should have none")
    }
  }
}

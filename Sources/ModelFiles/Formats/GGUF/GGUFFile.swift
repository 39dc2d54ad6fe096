/// A GGUF file, as llama.cpp and ollama keep models (ggml's docs/gguf.md, versions 2 and 3): keys with
/// values, and tensors, whose bytes follow all that is said about them.
package struct GGUFFile: Sendable {
  package let file: MappedFile
  private let values: [String: GGUFValue]
  /// By the names that the file has for them.
  package let tensors: [String: RawTensor]

  package var path: String { file.path }

  /// What a file begins with.
  package static let magic = Array("GGUF".utf8)
  private static let versions: ClosedRange<UInt32> = 2...3
  /// Models have some dozens.
  private static let mostKeys = 1 << 16
  private static let longestName = 1 << 16
  private static let mostDimensions = 4
  private static let alignments = 1...(1 << 16)

  /// Whether a file is one, by its first bytes.
  package static func isOne(_ path: String) throws -> Bool {
    let file = try OpenFile(path)
    let head = try [UInt8](unsafeUninitializedCapacity: magic.count) { buffer, count in
      count = try file.next(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return head == magic
  }

  /// Maps a file and checks all that it says about its tensors; no element is read.
  package init(_ path: String) throws {
    let file = try MappedFile(path)
    (values, tensors) = try file.withBytes { bytes in
      try refuseFailedDownload(bytes, name: path)
      var reader = ByteReader(bytes, name: path)
      let counts = try Self.counts(&reader, path)
      let values = try Self.values(&reader, counts.keys, path)
      let infos = try Self.infos(&reader, counts.tensors, path)
      let alignment = try values["general.alignment"]?.int("general.alignment", path) ?? 32
      guard Self.alignments.contains(alignment), alignment & (alignment - 1) == 0 else {
        throw FileError(
          "\(path): `general.alignment` is \(alignment), should be a power of two up to "
            + "\(Self.alignments.upperBound)")
      }
      let start = (reader.position + alignment - 1) / alignment * alignment
      return (values, try Self.tensors(infos, in: file, from: start, alignment))
    }
    self.file = file
    try file.checkIntact()
  }

  private static func counts(
    _ reader: inout ByteReader, _ path: String
  ) throws -> (tensors: Int, keys: Int) {
    guard try reader.next(magic.count).elementsEqual(magic) else {
      throw FileError("\(path): does not begin with GGUF, and is no such file")
    }
    let version = try reader.next(UInt32.self)
    guard versions.contains(version) else {
      throw FileError(
        version.byteSwapped == versions.upperBound
          ? "\(path): a GGUF file whose numbers have their high bytes first, which are not read"
          : "\(path): version \(version) of GGUF; read are \(versions.lowerBound) and "
            + "\(versions.upperBound)")
    }
    let (tensors, keys) = try (reader.next(UInt64.self), reader.next(UInt64.self))
    guard tensors <= UInt64(TensorFile.mostTensors), keys <= UInt64(mostKeys) else {
      throw FileError(
        "\(path): says that it has \(tensors) tensors and \(keys) keys; at most "
          + "\(TensorFile.mostTensors) and \(mostKeys) are read")
    }
    return (Int(tensors), Int(keys))
  }

  private static func values(
    _ reader: inout ByteReader, _ count: Int, _ path: String
  ) throws -> [String: GGUFValue] {
    var values: [String: GGUFValue] = [:]
    for _ in 0..<count {
      let key = try name(&reader, path)
      let value = try GGUFValue(&reader, type: reader.next(UInt32.self), key: key, path)
      guard values.updateValue(value, forKey: key) == nil else {
        throw FileError("\(path): key `\(legible(key))` is there twice")
      }
    }
    return values
  }

  private static func name(_ reader: inout ByteReader, _ path: String) throws -> String {
    let range = try GGUFValue.string(&reader, path)
    guard range.count <= longestName else {
      throw FileError(
        "\(path): a name of \(range.count) bytes before byte \(reader.position); at most "
          + "\(longestName) are read")
    }
    return try reader.text(in: range)
  }

  private struct Info {
    let name: String
    let shape: [Int]
    let type: UInt32
    let offset: UInt64
  }

  private static func infos(
    _ reader: inout ByteReader, _ count: Int, _ path: String
  ) throws -> [Info] {
    var infos: [Info] = []
    for _ in 0..<count {
      let name = try name(&reader, path)
      let dimensions = try reader.next(UInt32.self)
      guard dimensions <= UInt32(mostDimensions) else {
        throw FileError(
          "\(path): tensor `\(legible(name))` has \(dimensions) dimensions; at most "
            + "\(mostDimensions) are read")
      }
      // The one that lies closest together comes first.
      let shape = try (0..<dimensions).map { _ in try reader.next(UInt64.self) }.reversed()
        .map { size -> Int in
          guard let size = Int(exactly: size), size <= RawTensor.mostElements else {
            throw FileError("\(path): tensor `\(legible(name))` is too large: \(size) numbers")
          }
          return size
        }
      infos.append(
        Info(
          name: name, shape: Array(shape), type: try reader.next(UInt32.self),
          offset: try reader.next(UInt64.self)))
    }
    return infos
  }

  private static func tensors(
    _ infos: [Info], in file: MappedFile, from start: Int, _ alignment: Int
  ) throws -> [String: RawTensor] {
    var tensors: [String: RawTensor] = [:]
    for info in infos {
      let place = "\(file.path): tensor `\(legible(info.name))`"
      let type = try GGUFType(info.type, place)
      var count = 1
      for size in info.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, product <= RawTensor.mostElements else {
          throw FileError("\(place) is too large: \(info.shape)")
        }
        count = product
      }
      guard (info.shape.last ?? 1) % type.blockSize == 0 else {
        throw FileError(
          "\(place) is \(type.name) \(info.shape); rows should be of \(type.blockSize) numbers, or "
            + "several times as many")
      }
      // Up to 2^42 elements of 8 bytes at most.
      let size = count / type.blockSize * type.blockBytes
      let room = max(0, file.count - start)
      guard let offset = Int(exactly: info.offset), offset <= room, size <= room - offset else {
        throw FileError(
          "\(place) has \(size) bytes from byte \(info.offset) of the data on, which has \(room); the "
            + "file is cut short, or damaged")
      }
      guard offset % alignment == 0 else {
        throw FileError("\(place) begins at byte \(offset), should at a multiple of \(alignment)")
      }
      var tensor = RawTensor(
        name: info.name, type: type.element, shape: info.shape, file: file,
        range: start + offset..<start + offset + size)
      tensor.blocks = type.blocks
      guard tensors.updateValue(tensor, forKey: info.name) == nil else {
        throw FileError("\(place) is there twice")
      }
    }
    return tensors
  }
}

extension GGUFFile {
  package func has(_ key: String) -> Bool { values[key] != nil }

  /// A whole number; `nil` where the file has no such key.
  package func int(_ key: String) throws -> Int? { try values[key]?.int(key, path) }
  package func double(_ key: String) throws -> Double? { try values[key]?.double(key, path) }
  package func bool(_ key: String) throws -> Bool? { try values[key]?.bool(key, path) }

  package func string(_ key: String) throws -> String? {
    try values[key].map { value in
      try file.withBytes { try value.string(key, path, in: $0) }
    }
  }

  /// The bytes of each string of a list.
  package func strings(_ key: String) throws -> [[UInt8]]? {
    try values[key].map { value in
      try file.withBytes { bytes in
        try value.strings(key, path).map { range in
          let text = UnsafeRawBufferPointer(rebasing: bytes[range])
          guard firstInvalidUTF8(text) == nil else {
            throw FileError("\(path): `\(key)` has text that is not valid UTF-8")
          }
          return Array(text)
        }
      }
    }
  }

  /// The numbers of a list.
  package func numbers(_ key: String) throws -> [Double]? {
    try values[key].map { value in try file.withBytes { try value.numbers(key, path, in: $0) } }
  }

  /// A whole number that has to be there.
  package func requiredInt(_ key: String) throws -> Int {
    guard let value = try int(key) else { throw missing(key) }
    return value
  }

  package func missing(_ key: String) -> FileError {
    FileError("\(path): key `\(key)` is missing; the file is none of a model that is read here")
  }
}

extension ByteReader {
  /// A text by its range.
  fileprivate func text(in range: Range<Int>) throws -> String {
    let text = slice(range)
    guard firstInvalidUTF8(text) == nil else {
      throw FileError("\(name): the text at byte \(range.lowerBound) is not valid UTF-8")
    }
    return String(decoding: text, as: UTF8.self)
  }
}

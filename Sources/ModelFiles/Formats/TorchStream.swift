/// The stream that torch wrote before 1.6: four pickles (a magic number, a version, facts about
/// the machine, the tensors), a fifth with the order of the storages, then the storages.
enum TorchStream {
  /// Protocol 2 and the integer 0x1950a86a20f9469cfc6c.
  static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  private static let version = 1001

  static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws -> TorchFile.Contents {
    var reader = ByteReader(bytes, name: name, at: magic.count)
    guard try PickleMachine.read(&reader).root.int == version else {
      throw FileError("\(name) has another version of torch's format, should have \(version)")
    }
    try checkMachine(PickleMachine.read(&reader), name: name)
    let pickle = try PickleMachine.read(&reader)
    let order = try PickleMachine.read(&reader)
    let storages = try places(order, pickle.storages, &reader)
    guard reader.remaining == 0 else {
      throw FileError("\(name) has \(reader.remaining) bytes after its last storage")
    }
    return (pickle, storages)
  }

  /// Checks the byte order of the machine that wrote the file.
  private static func checkMachine(_ pickle: Pickle, name: String) throws {
    var isLittleEndian: Bool?
    if case .dictionary(let index) = pickle.root {
      for (key, value) in pickle.dictionaries[index].members
      where key.string?.utf8.elementsEqual("little_endian".utf8) == true {
        if case .bool(let value) = value { isLittleEndian = value && isLittleEndian != false }
      }
    }
    guard let isLittleEndian else {
      throw FileError("\(name) does not tell the byte order of its numbers")
    }
    guard isLittleEndian else {
      throw FileError("\(name) was written on a big-endian machine; save the model as safetensors")
    }
  }

  /// Each storage is a 64-bit count followed by that many elements; `order` lists their keys.
  private static func places(
    _ order: Pickle, _ storages: [PickledStorage], _ reader: inout ByteReader
  ) throws -> [Range<Int>] {
    guard case .list(let list) = order.root else {
      throw FileError("\(reader.name) does not list its storages")
    }
    var places: [[UInt8]: Range<Int>] = [:]
    let known = Dictionary(
      storages.map { (Array($0.key.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    for key in order.sequences[list] {
      guard let key = key.string, let storage = known[Array(key.utf8)] else {
        throw FileError("\(reader.name) lists a storage that no tensor is in")
      }
      let count = try reader.next(Int64.self)
      guard count == storage.count, let size = TorchFile.byteCount(storage) else {
        throw FileError(
          "\(reader.name): storage `\(legible(key))` has \(count) elements, "
            + "should have \(storage.count)")
      }
      let place = try reader.skip(size)
      if places.updateValue(place, forKey: Array(key.utf8)) != nil {
        throw FileError("\(reader.name) lists storage `\(legible(key))` twice")
      }
    }
    return try storages.map { storage in
      if let place = places[Array(storage.key.utf8)] { return place }
      throw FileError("\(reader.name): storage `\(legible(storage.key))` is missing")
    }
  }
}

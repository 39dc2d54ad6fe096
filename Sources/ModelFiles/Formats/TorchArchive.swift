/// The zip archive that torch writes since 1.6: `NAME/data.pkl`, and each storage in `NAME/data/`.
enum TorchArchive {
  static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws -> TorchFile.Contents {
    let zip = try Zip(bytes, name: name)
    // The archive's own name is in front of all others.
    let top = Array(zip.entries.first?.name.prefix { $0 != UInt8(ascii: "/") } ?? [])
    func place(_ file: String) -> Range<Int>? { zip[top + "/\(file)".utf8] }
    try refuseProgram(zip, top)
    guard let data = place("data.pkl") else {
      throw FileError(
        "\(name) is a zip archive without `data.pkl`, not one that `torch.save` writes; "
          + "save the model as safetensors")
    }
    if let order = place("byteorder"), !bytes[order].elementsEqual("little".utf8) {
      throw FileError(
        "\(name) has byte order \(legible(.init(rebasing: bytes[order]))), should be `little`; "
          + "save the model as safetensors")
    }
    var reader = ByteReader(.init(rebasing: bytes[data]), name: "\(name) (data.pkl)")
    let pickle = try PickleMachine.read(&reader)
    guard reader.remaining == 0 else {
      throw FileError("\(reader.name) has \(reader.remaining) bytes after its pickle")
    }
    let storages = try pickle.storages.map { storage in
      guard let range = place("data/\(storage.key)") else {
        throw FileError("\(name): storage `\(legible(storage.key))` is missing from the archive")
      }
      guard range.count == TorchFile.byteCount(storage) else {
        throw FileError(
          "\(name): storage `\(legible(storage.key))` has \(range.count) bytes, "
            + "should have \(storage.count) × \(storage.type?.byteCount ?? 1)")
      }
      return range
    }
    return (pickle, storages)
  }

  /// A TorchScript archive holds a network's code, and its weights under other names.
  private static func refuseProgram(_ zip: Zip, _ top: [UInt8]) throws {
    let signs = ["/constants.pkl", "/code/"].map { top + $0.utf8 }
    guard zip.entries.contains(where: { entry in signs.contains { entry.name.starts(with: $0) } })
    else { return }
    throw FileError(
      "\(zip.name) is a TorchScript program, not a file of weights; save the model as safetensors")
  }
}

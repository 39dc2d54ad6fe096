/// A dictionary of tensors written by `torch.save`: a pickle, read as data and never executed, and
/// the elements; in a zip archive or, before torch 1.6, in one stream.
enum TorchFile {
  /// What a file's pickle holds, and where in the file the elements of its storages are, in order.
  typealias Contents = (pickle: Pickle, storages: [Range<Int>])

  /// Maps a file and checks everything in it but the elements.
  @Sendable static func read(_ path: String) throws -> StoredTensors {
    let file = try MappedFile(path)
    let contents = try file.withBytes { bytes in
      if bytes.starts(with: "PK\u{3}\u{4}".utf8) { return try TorchArchive.read(bytes, name: path) }
      if bytes.starts(with: TorchStream.magic) { return try TorchStream.read(bytes, name: path) }
      try refuseFailedDownload(bytes, name: path)
      throw foreign(bytes, name: path)
    }
    let tensors = try StateDictionary(contents.pickle, name: path).tensors
    let raw = try tensors.map { name, tensor in
      try rawTensor(
        name, tensor, contents.pickle.storages[tensor.storage],
        at: contents.storages[tensor.storage], in: file)
    }
    try checkViews(raw, of: file)
    try file.checkIntact()
    return StoredTensors(tensors: raw, files: [file])
  }

  /// Refuses a file that shows few numbers as many: names can share a storage, and a view repeat it.
  private static func checkViews(_ tensors: [RawTensor], of file: MappedFile) throws {
    // Tied weights are there under up to four names.
    let most = 4 * file.count + 64 << 20
    // Each has fewer than 2⁴⁶ bytes, and there are fewer than 2¹⁷.
    let shown = tensors.reduce(0) { $0 + $1.count * $1.type.byteCount }
    guard shown <= most else {
      throw FileError(
        "\(file.path) has \(file.count) bytes, and its tensors show them as \(shown); save copies of "
          + "its tensors (`.contiguous()`), as safetensors")
    }
  }

  /// The bytes that a storage takes, or nil when they overflow.
  static func byteCount(_ storage: PickledStorage) -> Int? {
    let (size, overflow) = storage.count.multipliedReportingOverflow(
      by: storage.type?.byteCount ?? 1)
    return overflow ? nil : size
  }

  private static func rawTensor(
    _ name: String, _ tensor: PickledTensor, _ storage: PickledStorage, at place: Range<Int>,
    in file: MappedFile
  ) throws -> RawTensor {
    let width = tensor.type.byteCount
    let layout = TensorLayout(tensor.shape, tensor.strides)
    guard let layout, tensor.offset >= 0,
      // What is empty has no position; its offset may be anything.
      layout.extent == 0 || tensor.offset <= place.count / width - layout.extent
    else {
      throw FileError(
        "\(file.path): tensor `\(legible(name))` reaches beyond its storage: \(tensor.shape) with "
          + "strides \(tensor.strides) from element \(tensor.offset) of \(place.count / width)")
    }
    let start = layout.extent == 0 ? place.lowerBound : place.lowerBound + tensor.offset * width
    return RawTensor(
      name: name, type: tensor.type, shape: tensor.shape, file: file,
      range: start..<start + layout.extent * width, strides: layout.strides)
  }

  private static func foreign(_ bytes: UnsafeRawBufferPointer, name: String) -> FileError {
    let kinds: [(String, [UInt8], at: Int)] = [
      ("a gzip file; unpack it", [0x1F, 0x8B], 0),
      ("a 7z archive; unpack it", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0),
      ("a tar archive, as torch wrote before 0.1.10", Array("ustar".utf8), 257),
      ("a tar archive, as torch wrote before 0.1.10", Array("storages".utf8), 0),
      ("an HDF5 file, as TensorFlow writes", [0x89, 0x48, 0x44, 0x46], 0),
      ("an empty zip archive, or a part of one", Array("PK".utf8), 0),
    ]
    let kind = kinds.first { bytes.dropFirst($0.at).starts(with: $0.1) }?.0
    return FileError(
      "\(name) is \(kind ?? "no file that `torch.save` writes"); save the model as safetensors")
  }
}

/// The positions of a tensor's elements relative to the first.
struct TensorLayout {
  /// nil for a contiguous row-major tensor.
  let strides: [Int]?
  /// The elements from the first to the last, both included.
  let extent: Int

  /// nil when shape and strides do not fit, a number is negative or a product too large.
  init?(_ shape: [Int], _ strides: [Int]) {
    guard shape.count == strides.count, (shape + strides).allSatisfy({ $0 >= 0 }),
      let count = boundedProduct(shape)
    else { return nil }
    // One index needs no stride; whatever is written there must not count.
    let strides = zip(shape, strides).map { $0 <= 1 ? 0 : $1 }
    var (last, dense, isDense) = (0, 1, true)
    for (size, stride) in zip(shape, strides).reversed() where size > 1 {
      isDense = isDense && stride == dense
      dense &*= size
      let (reach, overflow) = stride.multipliedReportingOverflow(by: size - 1)
      let (sum, overflowSum) = last.addingReportingOverflow(reach)
      if overflow || overflowSum { return nil }
      last = sum
    }
    // What is empty has no last element, wherever strides lead.
    guard count == 0 || last < RawTensor.mostElements else { return nil }
    self.strides = count == 0 || isDense ? nil : strides
    extent = count == 0 ? 0 : last + 1
  }
}

/// The product of a shape's sizes, nil when it is larger than any tensor's.
private func boundedProduct(_ shape: [Int]) -> Int? {
  var product = 1
  for size in shape {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow || next > RawTensor.mostElements { return nil }
    product = next
  }
  return product
}

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
        "\(name) has byte order \(legible(bytes[order])), should be `little`; "
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

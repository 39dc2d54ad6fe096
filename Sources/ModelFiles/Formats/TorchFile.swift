/// What `torch.save` writes of a dictionary of tensors: a pickle, which is read as data, and the
/// elements beside it, in a zip archive or, before torch 1.6, in one stream.
enum TorchFile {
  /// What a file's pickle holds, and where in the file the elements of its storages are, in order.
  typealias Contents = (pickle: Pickle, storages: [Range<Int>])

  /// Maps a file and checks everything in it but the elements.
  @Sendable static func read(_ path: String) throws -> StoredTensors {
    let file = try MappedFile(path)
    let contents = try file.withBytes { bytes in
      if bytes.starts(with: "PK\u{3}\u{4}".utf8) {
        return try TorchArchive.read(bytes, name: path)
      }
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
    try file.checkIntact()
    return StoredTensors(tensors: raw, files: [file])
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
      // What is empty lies nowhere; its offset may say anything.
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

/// Where the elements of a tensor lie, relative to the first.
private struct TensorLayout {
  /// nil when they lie row-major without a gap.
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
    guard last < Int.max else { return nil }
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

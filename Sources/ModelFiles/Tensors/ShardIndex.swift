/// A model split into several files, with an index that names the file of each tensor.
enum ShardIndex {
  /// Each stays open, and a process guards a limited number of maps (CProcess).
  static let mostShards = 512

  /// Reads an index and all files it names, which are beside it and end in `ending`.
  static func read(
    _ path: String, ending: String, _ read: (_ path: String) throws -> StoredTensors
  ) throws -> StoredTensors {
    let claims = try claims(JSON(file: path, limit: FileLimit.configuration), ending: ending)
    let names = Set(claims.map(\.file)).sorted()
    guard names.count <= mostShards else {
      throw FileError("\(path) names \(names.count) files, should be at most \(mostShards)")
    }
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
    // A file that holds more than all are said to ends it, and with those before it is checked.
    var shards: [(name: String, stored: StoredTensors)] = []
    var count = 0
    for name in names where count <= claims.count {
      shards.append((name, try read(folder + name)))
      count += shards[shards.count - 1].stored.tensors.count
    }
    let opened = Set(shards.map(\.name))
    try check(
      claims.filter { opened.contains($0.file) },
      shards.flatMap { shard in shard.stored.tensors.map { ($0.name, shard.name) } }, path)
    return StoredTensors(
      tensors: shards.flatMap(\.stored.tensors), files: shards.flatMap(\.stored.files))
  }

  /// A tensor's name, and the file it is in.
  private typealias Claim = (tensor: String, file: String)

  private static func claims(_ index: JSON, ending: String) throws -> [Claim] {
    let map = try index.object("weight_map")
    guard map.count <= TensorFile.mostTensors else {
      throw FileError(
        "\(index.name) names \(map.count) tensors, should be at most \(TensorFile.mostTensors)")
    }
    return try map.members.map { key, value in
      let file = try value.string()
      guard isFileName(file, ending: ending) else {
        throw value.mismatch("the name of a .\(ending) file beside it")
      }
      return try (key.string(), file)
    }
  }

  /// `[A-Za-z0-9_.-]+` and the ending: no folder, and nothing a file system may read otherwise.
  private static func isFileName(_ name: String, ending: String) -> Bool {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_.-".utf8.contains(byte)
      }
    }
    return isPlain && name.utf8.count > ending.utf8.count + 1 && name.hasSuffix(".\(ending)")
  }

  /// Every tensor must be in the file it is said to be in, and in no other.
  private static func check(_ claims: [Claim], _ found: [Claim], _ path: String) throws {
    func ordered(_ claims: [Claim]) -> [Claim] {
      claims.sorted { $0.tensor.utf8.lexicographicallyPrecedes($1.tensor.utf8) }
    }
    let (claims, found) = (ordered(claims), ordered(found))
    for (claim, next) in zip(claims, claims.dropFirst())
    where claim.tensor.utf8.elementsEqual(next.tensor.utf8) {
      throw FileError("\(path) names tensor `\(legible(claim.tensor))` twice")
    }
    var rest = found[...]
    for claim in claims {
      let name = "\(path): tensor `\(legible(claim.tensor))`"
      if let first = rest.first, first.tensor.utf8.lexicographicallyPrecedes(claim.tensor.utf8) {
        throw extra(first, path)
      }
      guard let first = rest.popFirst(), first.tensor.utf8.elementsEqual(claim.tensor.utf8) else {
        throw FileError("\(name) should be in \(claim.file), is in no file")
      }
      guard first.file == claim.file else {
        throw FileError("\(name) should be in \(claim.file), is in \(first.file)")
      }
    }
    if let first = rest.first { throw extra(first, path) }
  }

  private static func extra(_ claim: Claim, _ path: String) -> FileError {
    FileError(
      "\(path): tensor `\(legible(claim.tensor))` is in \(claim.file), which the index does not say"
    )
  }
}

/// The tensors that a pickle's root holds by name.
struct StateDictionary {
  let tensors: [(name: String, tensor: PickledTensor)]

  /// Training scripts wrap what they save once, under one of these.
  private static let wrappers = ["state_dict", "model"]

  init(_ pickle: Pickle, name: String) throws {
    guard case .dictionary(let root) = pickle.root else {
      throw FileError("\(name) holds \(pickle.root.kind), should hold a dictionary of tensors")
    }
    let members = try Self.members(pickle.dictionaries[root], name: name)
    let wrapped = members.first { key, value in
      if case .dictionary = value { Self.wrappers.contains(key) } else { false }
    }
    guard case .dictionary(let inner) = wrapped?.value else {
      tensors = try Self.tensors(members, pickle, name: name)
      return
    }
    tensors = try Self.tensors(
      Self.members(pickle.dictionaries[inner], name: name), pickle, name: name)
  }

  private static func members(
    _ dictionary: PickledDictionary, name: String
  ) throws -> [(key: String, value: PickleValue)] {
    guard dictionary.members.count <= TensorFile.mostTensors else {
      throw FileError(
        "\(name) has \(dictionary.members.count) tensors, should be at most "
          + "\(TensorFile.mostTensors)")
    }
    var seen: Set<[UInt8]> = []
    return try dictionary.members.map { key, value in
      guard let key = key.string else {
        throw FileError("\(name) holds a dictionary with \(key.kind) as a key, should be names")
      }
      guard seen.insert(Array(key.utf8)).inserted else {
        throw FileError("\(name): `\(legible(key))` is there twice")
      }
      return (key, value)
    }
  }

  private static func tensors(
    _ members: [(key: String, value: PickleValue)], _ pickle: Pickle, name: String
  ) throws -> [(name: String, tensor: PickledTensor)] {
    try members.map { key, value in
      guard case .tensor(let index) = value else {
        throw FileError(
          "\(name): `\(legible(key))` is \(value.kind), should be a tensor; "
            + "save the model's `state_dict()`")
      }
      return (key, pickle.tensors[index])
    }
  }
}

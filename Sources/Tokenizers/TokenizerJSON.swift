import ModelFiles

extension JSON {
  /// The entry of a stage's registry that `type` names.
  func component<Value>(_ stage: String, of known: [String: Value], as type: String) throws -> Value
  {
    guard let component = known[type] else {
      throw FileError(
        "\(name): the \(stage) `\(type)` is not supported; known are "
          + known.keys.sorted().joined(separator: ", "))
    }
    return component
  }

  /// The parts that a stage which is a sequence of others lists under `key`.
  /// - Throws: where there are too many, those of sequences within included.
  func parts(_ key: String) throws -> Elements {
    // Stages in use have at most ten; each goes over all of a text, and makes it longer.
    let most = 64
    func count(_ json: JSON) -> Int {
      json[key].map { $0.elements.reduce(0) { $0 + max(1, count($1)) } } ?? 0
    }
    let list = try array(key)
    guard count(self) <= most else {
      throw FileError(
        "\(list.place) lists \(count(self)) parts, those of sequences within included; at most "
          + "\(most) are supported")
    }
    return list.elements
  }

  /// A number that can be a token's id: whole, from 0 to 2³¹ - 1.
  func tokenID() throws -> Int32 {
    let number = try int()
    guard let id = Int32(exactly: number), id >= 0 else {
      throw FileError("\(name): `\(path)` is \(number), should be from 0 to \(Int32.max)")
    }
    return id
  }

  /// The bytes of a string.
  func bytes() throws -> [UInt8] { try withUTF8 { [UInt8]($0) } }
}

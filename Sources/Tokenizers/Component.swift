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
}

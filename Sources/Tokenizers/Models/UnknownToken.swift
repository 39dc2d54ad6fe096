import ModelFiles

/// The token that stands for what a vocabulary does not hold.
struct UnknownToken: Sendable {
  let name: String
  let id: Int32?

  /// - Parameter name: the token's text, which should be in the vocabulary.
  init(_ name: String, in vocabulary: Vocabulary) {
    self.name = name
    id = vocabulary.id(of: name)
  }

  /// The token's id.
  /// - Parameter what: what is unknown, as an error calls it.
  /// - Throws: if the vocabulary does not hold the token itself.
  func callAsFunction(for what: String) throws -> Int32 {
    guard let id else {
      throw FileError(
        "\(what) is not in the vocabulary, and neither is `unk_token` `\(name)`, which should "
          + "replace it")
    }
    return id
  }
}

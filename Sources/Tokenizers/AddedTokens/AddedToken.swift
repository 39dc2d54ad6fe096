import ModelFiles

/// A token that is found in the text before it is split into words.
struct AddedToken: Sendable, Equatable {
  let content: [UInt8]
  /// It matches only where no word character is next to it.
  let singleWord: Bool
  /// It includes the white space to its left.
  let leftStrip: Bool
  /// It includes the white space to its right.
  let rightStrip: Bool
  /// It is normalized and searched for in the normalized text, not in the text as given.
  let normalized: Bool
  let special: Bool

  /// A token that is looked for in the text as given.
  init(content: [UInt8], leftStrip: Bool, rightStrip: Bool, special: Bool) {
    self.content = content
    self.leftStrip = leftStrip
    self.rightStrip = rightStrip
    self.special = special
    singleWord = false
    normalized = false
  }

  /// - Parameter numbered: whether it must say its id, as in tokenizer.json. The reference gives
  ///   its own: that of the model's piece, or the next free one.
  init(_ json: JSON, numbered: Bool = true) throws {
    content = try json.value("content").bytes()
    singleWord = try json.bool("single_word")
    leftStrip = try json.bool("lstrip")
    rightStrip = try json.bool("rstrip")
    normalized = try json.bool("normalized")
    special = try json.bool("special")
    if numbered { _ = try json.int("id") }
  }
}

import ModelFiles

/// A token that is found in the text before any word is, and how.
struct AddedToken: Sendable, Equatable {
  let content: [UInt8]
  /// It counts only where no word character is beside it.
  let singleWord: Bool
  /// It takes the white space to its left.
  let leftStrip: Bool
  /// It takes the white space to its right.
  let rightStrip: Bool
  /// It is looked for in normalized text, itself normalized, and not in the text as given.
  let normalized: Bool
  let special: Bool

  init(_ json: JSON) throws {
    content = try json.value("content").bytes()
    singleWord = try json.bool("single_word")
    leftStrip = try json.bool("lstrip")
    rightStrip = try json.bool("rstrip")
    normalized = try json.bool("normalized")
    special = try json.bool("special")
    // The reference wants an id but gives its own: that of the model's piece, or the next free one.
    _ = try json.int("id")
  }
}

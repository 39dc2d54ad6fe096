import ModelFiles

/// A text's tokens cut into chunks that fit below a limit, each with the prompt before it.
struct Chunks: Sendable {
  /// All tokens of prompt and text, without special ones.
  private let ids: [Int32]
  /// How many of these every chunk begins with.
  private let promptCount: Int
  /// How many of the others a chunk takes.
  private let room: Int

  /// - Throws: where a text over the limit would have no room beside the prompt.
  init(_ ids: [Int32], _ route: Route) throws {
    self.ids = ids
    let limit = (route.limit ?? .max) - route.specials
    guard ids.count > limit else {
      (promptCount, room) = (0, max(1, ids.count))
      return
    }
    // The prompt's last token may be another where text follows it; it is the text's then.
    promptCount = zip(ids, route.promptIDs).prefix { $0 == $1 }.count
    room = limit - promptCount
    guard room > 0 else {
      throw FileError(
        "the prompt's \(promptCount) tokens leave no room for text below the limit; take a shorter "
          + "prompt, or cut the text (--long cut)")
    }
  }

  /// At least 1: a text without tokens has a vector, too.
  var count: Int { ids.count <= promptCount ? 1 : (ids.count - promptCount - 1) / room + 1 }

  /// The tokens of a chunk.
  subscript(_ chunk: Int) -> [Int32] {
    let text = ids[promptCount...].dropFirst(chunk * room).prefix(room)
    return Array(ids[..<promptCount]) + text
  }
}

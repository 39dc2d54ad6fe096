import ModelFiles

/// How the reference divides a batch to save memory. Here it changes nothing, and is kept for the
/// model card.
struct BatchParts: Sendable {
  let parameters: [(name: String, value: JSONValue)]

  /// - Parameter standard: the rows of a part where nothing says it
  init(_ options: JSON, standard: Int = 32) throws {
    let size = try options.present("mini_batch_size")
    let tokens = try options.present("mini_batch_num_tokens")
    for value in [size, tokens].compactMap({ $0 }) where try value.int() < 1 {
      throw value.mismatch("at least 1")
    }
    _ = try options.bool("show_progress_bar", default: false)
    parameters = [
      ("mini_batch_size", .int(try size?.int() ?? standard)),
      ("mini_batch_num_tokens", try tokens.map { .int(try $0.int()) } ?? .null),
    ]
  }
}

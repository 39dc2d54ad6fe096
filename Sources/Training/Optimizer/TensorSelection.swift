import ModelFiles

/// Some tensors of a model, as a user names them: all whose names begin so (`encoder.layer.0`, up
/// to a dot or the end), `embeddings`, or `layers:0-5`.
struct TensorSelection: Sendable {
  private enum Kind {
    case beginning(String)
    case embeddings
    case layers(ClosedRange<Int>)
  }
  private let kind: Kind

  init(_ text: String) throws {
    if text == "embeddings" {
      kind = .embeddings
    } else if text.hasPrefix("layers:") {
      let ends = text.dropFirst("layers:".count)
        .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, 0 <= first, first <= last
      else {
        throw FileError("`\(text)` names no layers; write `layers:0-5`, or `layers:3` for one")
      }
      kind = .layers(first...last)
    } else {
      kind = .beginning(text)
    }
  }

  func contains(_ name: String) -> Bool {
    switch kind {
    case .beginning(let beginning):
      name.hasPrefix(beginning)
        && (beginning.last.map(Self.isEnd) ?? true
          || name.dropFirst(beginning.count).first.map(Self.isEnd) ?? true)
    case .embeddings: Self.isEmbedding(name)
    case .layers(let layers): Self.layer(of: name).map(layers.contains) ?? false
    }
  }

  /// What the user may have meant, where the selection contains none of these names.
  static func problem(_ text: String, _ option: String, among names: [String]) -> FileError {
    let layers = names.compactMap(layer)
    if text.hasPrefix("layers:") {
      let known = layers.max().map { "its layers are 0-\($0)" } ?? "its tensors have no layers"
      return FileError("\(option): `\(text)` is no layer of the model; \(known)")
    }
    let near = nearestName(to: text, among: beginnings(of: names))
    let some = names.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
    return FileError(
      "\(option): no tensor that vectors depend on has a name that begins with `\(text)`; "
        + (near.map { "did you mean `\($0)`?" } ?? "there are \(some) and so on"))
  }

  /// All that names could begin with, up to a dot or a slash.
  private static func beginnings(of names: [String]) -> [String] {
    var all: Set<String> = []
    for name in names {
      all.insert(name)
      for end in name.indices where isEnd(name[end]) { all.insert(String(name[..<end])) }
    }
    return all.sorted()
  }

  private static func isEnd(_ character: Character) -> Bool { character == "." || character == "/" }

  private static func parts(of name: String) -> [Substring] { name.split(whereSeparator: isEnd) }

  // As checkpoints of the architectures that can be trained call lists of layers. XLM has one for
  // each part of a layer. T5's `block.0.layer.1` and ALBERT's groups count by what is outside.
  private static let lists: Set<Substring> = [
    "layer", "layers", "block", "albert_layer_groups", "attentions", "ffns", "layer_norm1",
    "layer_norm2",
  ]

  /// The layer that a tensor is part of.
  private static func layer(of name: String) -> Int? {
    let parts = parts(of: name)
    return zip(parts, parts.dropFirst()).lazy.compactMap { list, number in
      lists.contains(list) ? Int(number) : nil
    }.first
  }

  // Tables and norms before the first layer that are in no `embeddings`: T5's, Qwen's, static
  // models', XLNet's, NomicBERT's and XLM's.
  private static let outside: Set<Substring> = [
    "shared", "embed_tokens", "embedding", "word_embedding", "mask_emb", "emb_ln", "layer_norm_emb",
    "position_embeddings", "lang_embeddings",
  ]

  private static func isEmbedding(_ name: String) -> Bool {
    parts(of: name).contains { $0 == "embeddings" || outside.contains($0) }
  }
}

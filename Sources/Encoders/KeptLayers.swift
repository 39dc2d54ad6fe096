package import ModelFiles

/// Some of a network's layers, by themselves a network: what changes in its config.json, and what
/// its tensors are called then.
package struct KeptLayers: Sendable {
  /// The members of config.json that are others, or new.
  package let changes: [(String, JSONValue)]
  /// By a layer's number its number among those that are kept.
  private let numbers: [Int: Int]
  /// What comes before the number of a layer in names of tensors.
  private let lists: [[Substring]]

  /// - Parameters:
  ///   - layers: their numbers from 0 on, each larger than the one before
  ///   - depth: the layers that there are
  /// - Throws: where there is no such layer, or the rest could not be computed as it was
  package init(_ layers: [Int], of config: ModelConfig, depth: Int) throws {
    let (file, type) = (config.json.name, try Architectures.name(config))
    let places = depth == 1 ? "layer 0 alone" : "layers 0 to \(depth - 1)"
    guard depth > 0, !layers.isEmpty, zip(layers, layers.dropFirst()).allSatisfy(<) else {
      throw FileError(
        "\(file): the layers to keep should be numbers that rise, of \(places); found "
          + layers.map(String.init).joined(separator: ", "))
    }
    if let odd = layers.first(where: { !(0..<depth).contains($0) }) {
      throw FileError("\(file): layer \(odd) should be kept, but the network has \(places)")
    }
    if let reason = Self.refused[type] {
      throw FileError("\(file): layers of `\(type)` cannot be left out: \(reason)")
    }
    if let reason = Self.needsFirst[type], layers[0] != 0 {
      throw FileError("\(file): layer 0 of `\(type)` has to be kept: \(reason)")
    }
    changes = try Self.depths(config, layers.count) + Self.kinds(config, type, layers)
    numbers = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
    lists = Self.lists[type] ?? [["layer"], ["layers"]]
  }

  private static let refused = [
    "albert": "they share their weights",
    "embedding_gemma2_text": "one matrix has a part for each of them",
  ]

  private static let needsFirst = [
    "modernbert": "it is the one without a norm before its attention",
    "mt5": "its table of distances is that of all layers",
    "t5": "its table of distances is that of all layers",
  ]

  // As checkpoints call lists of layers, after the names of the networks.
  private static let lists: [String: [[Substring]]] = {
    let (t5, xlm): ([[Substring]], [[Substring]]) = (
      [["encoder", "block"]], [["attentions"], ["layer_norm1"], ["ffns"], ["layer_norm2"]]
    )
    return ["flaubert": xlm, "mt5": t5, "t5": t5, "xlm": xlm]
  }()

  /// The number of layers, by all the names that the file has for it.
  private static func depths(_ config: ModelConfig, _ count: Int) throws -> [(String, JSONValue)] {
    try ["num_hidden_layers", "n_layers", "num_layers", "n_layer"]
      .filter { try config.json.present($0) != nil }.map { ($0, .int(count)) }
  }

  /// Of which kind each layer is, where its new number alone would not say it.
  private static func kinds(
    _ config: ModelConfig, _ type: String, _ layers: [Int]
  ) throws -> [(String, JSONValue)] {
    guard let kinds = try patterns[type]?(config) else { return [] }
    let kept = layers.map { kinds[$0] }
    let isWritten = try config.json.present("layer_types") != nil
    guard isWritten || kept != Array(kinds.prefix(kept.count)) else { return [] }
    let other = type == "lfm2" ? "conv" : "sliding_attention"
    let names = kept.map { JSONValue.string($0 ? "full_attention" : other) }
    return [("layer_types", .array(names))]
  }

  /// Of each layer, whether it is one of attention that sees the whole text, where not all are.
  private static let patterns: [String: @Sendable (ModelConfig) throws -> [Bool]] = [
    "gemma2": Gemma2.layerKinds, "gemma3_text": Gemma3.layerKinds, "lfm2": LFM2.layerKinds,
    "modernbert": ModernBERT.layerKinds,
    "qwen2": Qwen.layerKinds, "qwen3": Qwen.layerKinds,
  ]

  /// What a tensor of the network is called among the layers that are kept; `nil` for one of
  /// another layer.
  package func name(of tensor: String) -> String? {
    var parts = tensor.split(separator: ".", omittingEmptySubsequences: false)
    for start in parts.indices {
      for list in lists where parts[start...].starts(with: list) {
        let place = start + list.count
        guard place < parts.count, let number = Int(parts[place]) else { continue }
        guard let kept = numbers[number] else { return nil }
        parts[place] = Substring(String(kept))
        return parts.joined(separator: ".")
      }
    }
    return tensor
  }
}

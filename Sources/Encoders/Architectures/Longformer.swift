import ModelFiles
import Tensors

/// Longformer (Beltagy et al., 2020): a RoBERTa in which a token sees those near it. No token sees all,
/// as sentence-transformers asks for none.
enum Longformer: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let padding = try config.index("pad_token_id", below: "vocab_size", default: 1)
    return try BERT.encoder(
      config, weights.below("longformer"), padding: padding,
      masks: windows(config).map { .window($0 / 2) })
  }

  /// The tokens of each layer's windows, half of them on either side.
  private static func windows(_ config: ModelConfig) throws -> [Int] {
    let (key, layers) = ("attention_window", try config.layers("num_hidden_layers"))
    let widths: [Int]
    if let list = try config.json.present(key), list.kind == .array {
      widths = try (0..<list.count).compactMap { try list[$0]?.int() }
    } else {
      widths = [Int](repeating: try config.count(key, default: 512), count: layers)
    }
    guard widths.count == layers, widths.allSatisfy({ $0 > 0 && $0 % 2 == 0 }) else {
      throw FileError(
        "\(config.json.name): `\(key)` should be an even number above 0, or \(layers) of them, one for "
          + "each layer")
    }
    return widths
  }
}

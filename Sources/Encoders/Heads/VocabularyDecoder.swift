import Glibc
import ModelFiles
import Tensors

/// The last layer of a language model: a row for each entry of the vocabulary, mostly the words'
/// own table.
struct VocabularyDecoder: Sendable {
  /// `[V, H′]`, and `[V]`
  let table: Tensor
  let bias: Tensor?
  /// The same as layers that follow one another, in the model's precision.
  let blocks: [Linear]
  /// c, where logits are bent to c · tanh(x / c).
  let cap: Float?

  // What a product makes of some hundred rows at a time is then about 2 MB, and stays in the cache
  // until it is pooled.
  private static let blockRows = 1024

  /// - Parameters:
  ///   - own: where its `weight` and `bias` lie, should the file have them; `nil` where it is
  ///     always the words' table
  ///   - width: H′
  ///   - hasBias: whether there is one
  ///   - bias: where else a bias lies, which transformers ties to the first
  ///   - tied: where the words' table lies
  ///   - words: that table, where it is at hand
  ///   - isTied: whether the two are one where `tie_word_embeddings` is not said
  init(
    _ config: ModelConfig, _ own: Weights?, _ width: Int, hasBias: Bool = true, cap: Float? = nil,
    bias other: Weights? = nil, tied: Weights, words: Tensor?, isTied: Bool = true
  ) throws {
    let count = try config.count("vocab_size")
    let isTied = try config.json.flag("tie_word_embeddings", default: isTied)
    if let own, own.has("weight") || !isTied {
      table = try own.table("weight", count, width)
    } else {
      table =
        try words.map { try Self.checked($0, [count, width], tied) }
        ?? tied.table("weight", count, width)
    }
    if hasBias {
      let place = own.map { $0.has("bias") ? $0 : other ?? $0 } ?? other ?? tied
      bias = try place.vector("bias", count)
    } else {
      bias = nil
    }
    let weights = try (own ?? tied).blocks(of: table, rows: Self.blockRows, "weight")
    let sums = bias?.reshaped([count, 1])
    blocks = weights.enumerated().map { index, weight in
      let start = index * Self.blockRows
      return Linear(
        weight: weight,
        bias: sums?.view(rows: start..<start + weight.outputs).reshaped([weight.outputs]))
    }
    self.cap = cap
  }

  /// The words' table, if it is as wide as what it meets.
  private static func checked(
    _ words: Tensor, _ shape: [Int], _ weights: Weights
  ) throws -> Tensor {
    guard words.shape == shape else {
      throw FileError(
        "\(weights.place(of: "weight")) is \(words.shape), should be \(shape) by config.json to "
          + "give the vocabulary's logits")
    }
    return words
  }

  /// - Shapes: `[B, H′]` → `[B, tokens]`
  func logits(_ x: Tensor, of tokens: [Int32]) -> Tensor {
    let places = tokens.map(Int.init)
    let logits = x.rowProducts(
      table.rows(places),
      bias: bias.map { $0.reshaped([$0.count, 1]).rows(places).reshaped([places.count]) })
    guard let cap else { return logits }
    return logits.mapped {
      cap * tanhf($0 / cap)
    } slope: {
      1 - tanhf($0 / cap) * tanhf($0 / cap)
    }
  }
}

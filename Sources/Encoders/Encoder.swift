package import Tensors

/// Token ids of several sequences, as an encoder takes them.
package struct TokenBatch: Sendable {
  /// N token ids and N segment (token type) ids; 0 in rows that are nobody's.
  package let ids, segments: [Int32]
  package let packing: Packing

  /// - Parameter sequences: ids and segments, equally many, of each text
  package init(_ sequences: [(ids: [Int32], segments: [Int32])]) {
    packing = Packing(lengths: sequences.map(\.ids.count))
    ids = packing.perRow { sequences[$0].ids[$1] }
    segments = packing.perRow { sequences[$0].segments[$1] }
  }
}

/// A network that turns each token of a batch into a vector, step by step.
package protocol Encoder: Sendable {
  init(_ config: ModelConfig, _ weights: Weights) throws
  /// H, the length of a token's vector.
  var hiddenSize: Int { get }
  /// The most tokens a text may have, where positions are limited.
  var longestSequence: Int? { get }
  /// How many rows the word and segment tables have.
  var vocabularySize: Int { get }
  var segmentCount: Int { get }
  /// The number of layers.
  var depth: Int { get }
  /// The products of all layers in their order, for counting operations and measuring against.
  var products: [ProductShape] { get }

  /// What the first layer takes. N tokens → `[N, H]`
  func embeddings(_ batch: TokenBatch) -> Tensor
  /// One layer. `[N, H]` → `[N, H]`
  func layer(_ index: Int, _ x: Tensor, _ batch: TokenBatch) -> Tensor
}

extension Encoder {
  /// Floating-point operations for a text of T tokens: 2 for each weight it meets, and in each
  /// layer 2·T·H for a token's scores and as many for what it takes of the values.
  package func operations(tokens: Int) -> Double {
    let linear = products.reduce(0.0) { $0 + Double($1.weights) }
    let attention = 2 * Double(tokens) * Double(hiddenSize) * Double(depth)
    return 2 * Double(tokens) * (linear + attention)
  }

  /// The last layer's output. N tokens → `[N, H]`
  package func callAsFunction(_ batch: TokenBatch) -> Tensor {
    (0..<depth).reduce(embeddings(batch)) { x, index in layer(index, x, batch) }
  }

  /// What goes into the first layer and what comes out of each: depth + 1 times `[N, H]`.
  package func hiddenStates(_ batch: TokenBatch) -> [Tensor] {
    (0..<depth).reduce(into: [embeddings(batch)]) { states, index in
      states.append(layer(index, states[index], batch))
    }
  }
}

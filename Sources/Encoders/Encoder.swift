package import Tensors

/// Token ids of several sequences, as an encoder takes them.
package struct TokenBatch: Sendable {
  /// N token ids and N segment (token type) ids; 0 in rows that are nobody's.
  package let ids, segments: [Int32]
  package let layout: SequenceLayout
  /// Whether the tokenizer gives segments at all; where it does not, they are 0.
  package let hasSegments: Bool

  /// - Parameter sequences: ids and segments, equally many, of each text
  package init(_ sequences: [(ids: [Int32], segments: [Int32])], hasSegments: Bool = true) {
    layout = SequenceLayout(lengths: sequences.map(\.ids.count))
    ids = layout.perRow { sequences[$0].ids[$1] }
    segments = layout.perRow { sequences[$0].segments[$1] }
    self.hasSegments = hasSegments
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
  var layers: [any EncoderLayer] { get }

  /// What the first layer takes. N tokens → `[N, H]`
  func embeddings(_ batch: TokenBatch) -> Tensor
  /// What is done to the last layer's output: nothing, or a norm. `[N, H]` → `[N, H]`
  func finish(_ x: Tensor) -> Tensor
}

/// One layer of an encoder.
package protocol EncoderLayer: Sendable {
  /// Its products in their order, for counting operations and measuring against.
  var products: [ProductShape] { get }
  /// A·D, the columns of all heads of queries.
  var attentionWidth: Int { get }
  /// - Parameter edge: the one token of each sequence that is asked for, which sees all others;
  ///   `nil` for all
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `batch.layout.keeping(edge)` has
  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, only edge: Edge?) -> Tensor
}

extension EncoderLayer {
  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch) -> Tensor {
    self(x, batch, only: nil)
  }
}

extension Encoder {
  package func finish(_ x: Tensor) -> Tensor { x }

  /// The number of layers.
  package var depth: Int { layers.count }

  /// The products of all layers in their order.
  package var products: [ProductShape] { layers.flatMap(\.products) }

  /// Floating-point operations for a text of T tokens: 2 for each weight that a token meets, and in
  /// each layer 2·T·A·D for its scores and as many for what it takes of the values.
  /// - Parameter edge: the one token that the last layer is asked for; `nil` for all
  package func operations(tokens: Int, only edge: Edge? = nil) -> Double {
    layers.enumerated().reduce(0) { sum, layer in
      let isPruned = edge != nil && layer.offset == layers.count - 1
      // Of a layer's first product, which makes queries, keys and values, all tokens are needed.
      let linear = layer.element.products.enumerated().reduce(0.0) { sum, product in
        sum + Double(product.element.weights * (isPruned && product.offset > 0 ? 1 : tokens))
      }
      let queries = Double(isPruned ? 1 : tokens)
      return sum + 2 * linear + 4 * queries * Double(tokens) * Double(layer.element.attentionWidth)
    }
  }

  /// What the last layer, and what comes after it, makes of the tokens. N tokens → `[N, H]`
  package func callAsFunction(_ batch: TokenBatch) -> Tensor {
    finish(layers.reduce(embeddings(batch)) { x, layer in layer(x, batch) })
  }

  /// The same of one token of each sequence: the last layer computes no other.
  /// - Shapes: N tokens → rows as `batch.layout.keeping(edge)` has them
  package func callAsFunction(_ batch: TokenBatch, only edge: Edge) -> Tensor {
    guard let last = layers.last else { return self(batch).keeping(edge, of: batch.layout) }
    let x = layers.dropLast().reduce(embeddings(batch)) { x, layer in layer(x, batch) }
    return finish(last(x, batch, only: edge))
  }

  /// What goes into the first layer and what comes out of each, the last one finished: depth + 1
  /// times `[N, H]`.
  package func hiddenStates(_ batch: TokenBatch) -> [Tensor] {
    var states = [embeddings(batch)]
    for layer in layers { states.append(layer(states[states.count - 1], batch)) }
    states[states.count - 1] = finish(states[states.count - 1])
    return states
  }
}

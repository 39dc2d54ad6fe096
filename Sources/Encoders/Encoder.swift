package import Tensors

/// A network that turns each token of a batch into a vector, step by step: embeddings, perhaps
/// widened, scaled and normalized; layers; perhaps a last norm.
package struct Encoder: Sendable {
  let inputs: InputEmbeddings
  /// From the width of the tables to that of the layers, where the two differ.
  var widening: Linear?
  /// What embeddings are multiplied by.
  var scale: Float?
  /// What normalizes embeddings once they are widened.
  var embeddingNorm: (any Norm)?
  package let layers: [any EncoderLayer]
  /// What normalizes the last layer's output.
  var finalNorm: (any Norm)?
}

extension Encoder {
  /// H, the length of a token's vector.
  package var hiddenSize: Int { widening?.weight.outputs ?? inputs.words.columns }
  /// V, the rows of the word table.
  package var vocabularySize: Int { inputs.words.rows }
  /// The number of segments (token types) that a token may be of.
  package var segmentCount: Int { inputs.segmentCount }
  /// The most tokens a text may have, where positions are limited.
  package var longestSequence: Int? { inputs.positions?.longestSequence }

  /// The input of the first layer.
  /// - Shapes: N tokens → `[N, H]`
  package func embeddings(_ batch: TokenBatch) -> Tensor {
    var x = inputs(batch)
    if let widening { x = widening(x) }
    if let scale { x = x.scaled(by: scale) }
    return embeddingNorm.map { $0(x) } ?? x
  }

  /// The last layer's output, normalized where the network does so.
  /// - Shapes: `[N, H]` → `[N, H]`
  package func finish(_ x: Tensor) -> Tensor { finalNorm.map { $0(x) } ?? x }
}

extension Encoder {
  /// The number of layers.
  package var depth: Int { layers.count }

  /// A, the most heads of queries that a layer has; 0 without layers.
  package var attentionHeads: Int { layers.map(\.attentionHeads).max() ?? 0 }

  /// The products of all layers in their order.
  package var products: [ProductShape] { layers.flatMap(\.products) }

  /// Floating-point operations for a text of T tokens: 2 for each weight that a token meets, and in
  /// each layer 2·T·A·D for its scores and as many for what it takes of the values.
  /// - Parameter queries: how many tokens the last layer computes; all by default
  package func operations(tokens: Int, queries: Int? = nil) -> Double {
    layers.enumerated().reduce(0) { sum, layer in
      let queries = layer.offset == layers.count - 1 ? queries ?? tokens : tokens
      // Of a layer's first product, which makes queries, keys and values, all tokens are needed.
      let linear = layer.element.products.enumerated().reduce(0.0) { sum, product in
        sum + Double(product.element.weights * (product.offset > 0 ? queries : tokens))
      }
      return sum + 2 * linear
        + 4 * Double(queries) * Double(tokens) * Double(layer.element.attentionWidth)
    }
  }

  /// What the last layer, and what comes after it, makes of the tokens.
  /// - Parameter queries: the rows to compute: the last layer computes no others; all by default
  /// - Shapes: N tokens → `[N, H]`, or as many rows as `queries.alone` has
  package func callAsFunction(_ batch: TokenBatch, queries: SequenceLayout? = nil) -> Tensor {
    let x = layers.dropLast().reduce(embeddings(batch)) { x, layer in layer(x, batch) }
    guard let last = layers.last else { return finish(queries.map { x.rows(at: $0) } ?? x) }
    return finish(last(x, batch, queries: queries))
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

/// One layer of an encoder.
package protocol EncoderLayer: Sendable {
  /// Its products in their order, for counting operations and measuring against.
  var products: [ProductShape] { get }
  /// A·D, the columns of all heads of queries.
  var attentionWidth: Int { get }
  /// A, the heads of queries.
  var attentionHeads: Int { get }
  /// - Parameter queries: the rows that are asked for, which see all others; `nil` for all
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `queries.alone` has
  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
}

extension EncoderLayer {
  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch) -> Tensor {
    self(x, batch, queries: nil)
  }
}

/// Token ids of several sequences, as an encoder takes them.
package struct TokenBatch: Sendable {
  /// N token ids and N segment (token type) ids; 0 in padding.
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

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
  /// What that then goes through.
  var finalProjection: Linear?
}

extension Encoder {
  /// H, the length of a token's vector.
  package var hiddenSize: Int {
    (finalProjection ?? widening)?.weight.outputs ?? inputs.words.columns
  }
  /// Whether what lower layers give is as wide as what the network gives.
  package var isOfOneWidth: Bool {
    finalProjection.map { $0.weight.inputs == $0.weight.outputs } ?? true
  }
  /// V, the rows of the word table.
  package var vocabularySize: Int { inputs.words.rows }
  /// The number of segments (token types) that a token may be of.
  package var segmentCount: Int { inputs.segmentCount }
  /// The rows of the table of segments; `nil` where the network has none.
  package var segmentRows: Int? {
    if case .table(let table) = inputs.segments { table.rows } else { nil }
  }
  /// The most tokens a text may have, where positions are limited.
  package var longestSequence: Int? { inputs.positions?.longestSequence }

  /// The input of the first layer.
  /// - Shapes: N tokens → `[N, H]`
  package func embeddings(_ batch: TokenBatch) -> Tensor {
    // After the norm, wherever it is; without one, at the end.
    let isEarly = inputs.norm != nil
    var x = inputs(batch)
    if isEarly { x = batch.dropped(x, .embeddings) }
    if let widening { x = widening(x) }
    if let scale { x = x.scaled(by: scale) }
    x = embeddingNorm.map { $0(x) } ?? x
    return isEarly ? x : batch.dropped(x, .embeddings)
  }

  /// The last layer's output, normalized where the network does so.
  /// - Parameter queries: the rows that it is of; all by default
  /// - Shapes: `[N, H]` → `[N, H]`
  package func finish(
    _ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout? = nil
  ) -> Tensor {
    let normalized = batch.dropped(finalNorm.map { $0(x) } ?? x, .final, queries: queries)
    return finalProjection.map { $0(normalized) } ?? normalized
  }
}

extension Encoder {
  /// The number of layers.
  package var depth: Int { layers.count }

  /// A, the most heads of queries that a layer has; 0 without layers.
  package var attentionHeads: Int { layers.map(\.attentionHeads).max() ?? 0 }

  /// The products of all layers in their order.
  package var products: [ProductShape] {
    layers.flatMap(\.products) + (finalProjection.map { [$0.product] } ?? [])
  }

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
    var x = embeddings(batch)
    for index in layers.indices.dropLast() { x = pass(index, x, batch) }
    x =
      layers.isEmpty
      ? queries.map { x.rows(at: $0) } ?? x : pass(depth - 1, x, batch, queries: queries)
    return finish(x, batch, queries: queries)
  }

  /// What goes into the first layer and what comes out of each, the last one finished: depth + 1
  /// times `[N, H]`, but for networks that are not of one width.
  package func hiddenStates(_ batch: TokenBatch) -> [Tensor] {
    var states = [embeddings(batch)]
    for index in layers.indices { states.append(pass(index, states[states.count - 1], batch)) }
    states[states.count - 1] = finish(states[states.count - 1], batch)
    return states
  }

  /// Through one layer, which in training may be passed by, or keep its input alone, and is passed
  /// by where nobody waits for it.
  private func pass(
    _ index: Int, _ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout? = nil
  ) -> Tensor {
    let layer = layers[index]
    if batch.isCancelled() { return queries.map { x.rows(at: $0) } ?? x }
    guard let training = batch.training else { return layer(x, batch, queries: queries) }
    let own = batch.at(layer: index)
    if own.training?.passesBy ?? false { return queries.map { x.rows(at: $0) } ?? x }
    return training.recomputes
      ? x.recomputed { layer($0, own, queries: queries) } : layer(x, own, queries: queries)
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

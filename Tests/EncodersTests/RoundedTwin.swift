import Glibc

@testable import Encoders
@testable import Tensors

/// What a precision should make of the parts of a network: float32 on operands that are rounded as
/// that precision rounds them, attention written out in doubles.
///
/// What lies between products (norms, residuals, rotations) is the network's own.
struct RoundedTwin {
  let precision: Precision

  /// - Parameters:
  ///   - layer: in float32
  ///   - own: the same in the twin's precision, which makes the vectors of distances
  func callAsFunction(
    _ layer: any EncoderLayer, _ own: any EncoderLayer, _ x: Tensor, _ batch: TokenBatch
  ) -> Tensor? {
    switch (layer, own) {
    case (let layer as PostNormLayer, let own as PostNormLayer):
      let attended = layer.attentionNorm(
        attention(layer.attention, own.attention, x, batch), adding: x)
      switch (layer.feedForward, own.feedForward) {
      case (let inner as FeedForward, _):
        return layer.outputNorm(feedForward(inner, attended), adding: attended)
      case (let experts as Experts, let routed as Experts):
        // A token that two experts attract alike goes where the network itself sends it.
        let routes = routed.routes(own.attentionNorm(own.attention(x, batch), adding: x))
        return layer.outputNorm(experts.sum(attended, by: routes, feedForward), adding: attended)
      default: return nil
      }
    case (let layer as PreNormLayer, let own as PreNormLayer):
      let attention = attention(
        layer.attention, own.attention, layer.attentionNorm.map { $0(x) } ?? x, batch)
      let attended = (layer.attentionOutputNorm.map { $0(attention) } ?? attention).adding(x)
      let inner = feedForward(layer.feedForward, layer.feedForwardNorm(attended))
      return (layer.feedForwardOutputNorm.map { $0(inner) } ?? inner).adding(attended)
    case (let layer as PerLayerInputLayer, let own as PerLayerInputLayer):
      guard let y = self(layer.layer, own.layer, x, batch) else { return nil }
      let told = self.told(layer.input, batch).elements
      let gate = linear(layer.gate, y, then: layer.activation)
      let gated = Tensor(gate.shape, zip(gate.elements, told).map { $0 * $1 })
      return layer.norm(linear(layer.projection, gated)).adding(y).scaled(by: layer.scalar)
    case (let layer as ConvolutionLayer, is ConvolutionLayer):
      let mixed = linear(layer.input, layer.norm(x))
        .gatedConvolution(layer.taps, bias: layer.bias, over: batch.layout)
      let attended = linear(layer.output, mixed).adding(x)
      return feedForward(layer.feedForward, layer.feedForwardNorm(attended)).adding(attended)
    case (let layer as ConvolvedLayer, let own as ConvolvedLayer):
      let windows = x.unfolded(
        of: batch.layout, width: layer.width, padding: (layer.width - 1) / 2, stride: 1,
        into: batch.layout)
      return self(layer.layer, own.layer, x, batch).map {
        layer.norm(linear(layer.convolution, windows, then: layer.activation), adding: $0)
      }
    default: return nil
    }
  }

  /// What a layer is told of the words.
  private func told(_ input: PerLayerInput, _ batch: TokenBatch) -> Tensor {
    let rows = Tensor.gather([(input.words, batch.ids)]).scaled(by: input.scale)
    let root = Float(input.words.columns).squareRoot()
    return input.norm(linear(input.projection, rows).scaled(by: 1 / root))
  }

  /// x · Wᵀ + b
  func linear(_ layer: Linear, _ x: Tensor, then activation: Activation = .none) -> Tensor {
    guard let rows = layer.weight.source else { preconditionFailure("a weight without its rows") }
    let weight = Weight(rows: rounded(rows, Self.weightIn8Bits))
    return rounded(x, Self.rowIn8Bits).linear(weight, bias: layer.bias, then: activation)
  }

  private func feedForward(_ layer: FeedForward, _ x: Tensor) -> Tensor {
    let up = linear(layer.up, x, then: layer.gate == nil ? layer.activation : .none)
    guard let gate = layer.gate.map({ linear($0, x, then: layer.activation) }) else {
      return linear(layer.down, between(up))
    }
    return linear(
      layer.down, between(Tensor(up.shape, zip(up.elements, gate.elements).map { $0 * $1 })))
  }

  private func attention(
    _ layer: SelfAttention, _ own: SelfAttention, _ x: Tensor, _ batch: TokenBatch
  ) -> Tensor {
    let shape = layer.shape
    let projected = layer.prepare(linear(layer.projection, x), batch.layout, shape)
    let bias = own.positionBias?(batch)
    let rows = between(projected).elements
    var out = [Float](repeating: 0, count: x.rows * shape.width)
    for sequence in (0..<batch.layout.count).map({ batch.layout[$0] }) {
      for head in 0..<shape.heads {
        let biases = bias.map { self.biases($0, projected, shape, head, sequence) }
        for query in 0..<sequence.count {
          let columns = attended(rows, shape, head, sequence, query, biases)
          let start = (sequence.lowerBound + query) * shape.width + head * shape.size
          out.replaceSubrange(start..<start + shape.size, with: columns)
        }
      }
    }
    return linear(layer.output, Tensor([x.rows, shape.width], out))
  }

  /// What one head of one query takes of the values.
  private func attended(
    _ rows: [Float], _ shape: AttentionShape, _ head: Int, _ sequence: Range<Int>, _ query: Int,
    _ biases: [Float]?
  ) -> [Float] {
    let (size, width) = (shape.size, shape.projectedWidth)
    let keyColumn = shape.width + head / (shape.heads / shape.keyValueHeads) * size
    func start(_ position: Int, _ column: Int) -> Int {
      (sequence.lowerBound + position) * width + column
    }
    let keys = shape.mask.keys(of: query, tokens: sequence.count)
    let scores = keys.map { key in
      let (q, k) = (start(query, head * size), start(key, keyColumn))
      let product = (0..<size).reduce(0.0) { $0 + Double(rows[q + $1]) * Double(rows[k + $1]) }
      let score = Double(shape.scale) * product
      return (shape.cap.map { Double($0) * tanh(score / Double($0)) } ?? score)
        + Double(biases.map { $0[query * sequence.count + key] } ?? 0)
    }
    let peak = scores.max() ?? 0
    let weights = scores.map { exp($0 - peak) }
    let total = weights.reduce(0, +)
    return (0..<size).map { column in
      let sum = zip(keys, weights).reduce(0.0) { sum, pair in
        let value = rows[start(pair.0, keyColumn + shape.keyValueWidth + column)]
        return sum + Double(between(Float(pair.1))) * Double(value)
      }
      return Float(sum / total)
    }
  }

  /// `[T, T]` of one head.
  private func biases(
    _ bias: any ScoreBias, _ projected: Tensor, _ shape: AttentionShape, _ head: Int,
    _ sequence: Range<Int>
  ) -> [Float] {
    let tokens = sequence.count
    let memory = Storage(count: tokens * tokens + bias.room(tokens: tokens))
    guard let scores = memory.floats.baseAddress else { return [] }
    projected.withPointer { start in
      let rows = Operand(pointer: start, stride: projected.columns).row(sequence.lowerBound)
      let key = head / (shape.heads / shape.keyValueHeads)
      bias.fill(
        ScoreBlock(
          head: head, sequence: sequence, queries: 0..<tokens, keys: 0..<tokens,
          q: rows.row(0, head * shape.size), k: rows.row(0, shape.width + key * shape.size),
          scores: scores, room: scores + tokens * tokens))
    }
    return Array(memory.floats[..<(tokens * tokens)])
  }
}

/// How the precisions round.
extension RoundedTwin {
  /// Operands of a product: bfloat16, the sum of two of them, or 8 bits row by row.
  private func rounded(_ x: Tensor, _ in8Bits: (ArraySlice<Float>) -> [Float]) -> Tensor {
    let elements = x.elements
    return Tensor(
      x.shape,
      precision == .int8
        ? (0..<x.rows).flatMap { in8Bits(elements[$0 * x.columns..<($0 + 1) * x.columns]) }
        : elements.map(rounded))
  }

  private func rounded(_ x: Float) -> Float {
    switch precision {
    case .f32, .int8: return x
    case .bf16: return Self.bfloat16(x)
    case .bf16x3:
      let upper = Self.bfloat16(x)
      return upper + Self.bfloat16(x - upper)
    }
  }

  /// What lies between two products: bfloat16 in both lower precisions, two of them in bf16x3.
  private func between(_ x: Float) -> Float {
    precision == .int8 ? Self.bfloat16(x) : rounded(x)
  }

  private func between(_ x: Tensor) -> Tensor { Tensor(x.shape, x.elements.map(between)) }

  /// The nearest number of 8 bits, ties to even.
  static func bfloat16(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  /// 254 steps from the least number, or 0, to the largest.
  private static func rowIn8Bits(_ x: ArraySlice<Float>) -> [Float] {
    let (least, largest) = (min(0, x.min() ?? 0), max(0, x.max() ?? 0))
    let step = largest / 254 - least / 254
    guard step > 0 else { return x.map { _ in 0 } }
    let zero = (-least / step + 0.25).rounded(.toNearestOrEven)
    return x.map { (zero.addingProduct($0, 1 / step).rounded(.toNearestOrEven) - zero) * step }
  }

  /// 127 steps from 0 to the largest number on either side.
  private static func weightIn8Bits(_ w: ArraySlice<Float>) -> [Float] {
    let step = (w.map(\.magnitude).max() ?? 0) / 127
    return w.map { step > 0 ? ($0 / step).rounded(.toNearestOrEven) * step : 0 }
  }
}

import Tensors

/// Attention of each sequence to itself, Q, K and V in one product.
struct SelfAttention: Sendable {
  /// Where a checkpoint keeps the three projections and the one after attention.
  struct Names: Sendable {
    let query, key, value, output: String
  }

  let heads: Int
  let projection, output: Linear

  init(_ weights: Weights, hidden: Int, heads: Int, names: Names) throws {
    self.heads = heads
    projection = try Linear(
      weights, hidden, stacking: [names.query, names.key, names.value], hidden)
    output = try Linear(weights[names.output], hidden, hidden)
  }

  var products: [ProductShape] { [projection.product, output.product] }

  /// - Shapes: `[N, H]` → `[N, H]`
  func callAsFunction(_ x: Tensor, _ packing: Packing) -> Tensor {
    let projected = projection(x)
    let hidden = x.columns
    return output(
      Tensor.attention(
        Columns(projected, 0..<hidden), Columns(projected, hidden..<2 * hidden),
        Columns(projected, 2 * hidden..<3 * hidden), packing, heads: heads))
  }
}

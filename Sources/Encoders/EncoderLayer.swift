package import Tensors

/// One layer of an encoder.
package protocol EncoderLayer: Sendable {
  /// Its products in their order, for counting operations and measuring against.
  var products: [ProductShape] { get }
  /// A·D, the columns of all heads of queries.
  var attentionWidth: Int { get }
  /// - Parameter queries: the rows that are asked for, which see all others; `nil` for all
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `queries.alone` has
  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
}

extension EncoderLayer {
  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch) -> Tensor {
    self(x, batch, queries: nil)
  }
}

package import Tensors

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

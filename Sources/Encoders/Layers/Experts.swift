import Tensors

/// What follows attention in a layer: rows are changed one by one.
protocol RowLayer: Sendable {
  var products: [ProductShape] { get }
  /// - Parameter queries: the rows that x is of; all by default
  /// - Shapes: `[N, H]` → `[N, H]`
  func callAsFunction(
    _ x: Tensor, _ batch: TokenBatch, adding residual: Tensor?, queries: SequenceLayout?
  ) -> Tensor
}

extension FeedForward: RowLayer {}

/// Feed-forward layers of which each token goes through some only: those that a router gives the most
/// weight (Shazeer et al., 2017).
struct Experts: RowLayer {
  /// `[E, H]`
  let router: Tensor
  let experts: [FeedForward]
  /// How many a token goes through.
  let count: Int
  /// What is added to their sum: `[H]`.
  let bias: Tensor?

  /// Those that a token goes through.
  var products: [ProductShape] {
    [ProductShape(outputs: router.rows, inputs: router.columns)]
      + (0..<min(count, experts.count)).flatMap { experts[$0].products }
  }

  /// What each token gives each expert, and the rows that go through each.
  struct Routes {
    /// `[N, E]`
    let weights: Tensor
    let rows: [[Int]]
  }

  func routes(_ x: Tensor) -> Routes {
    // Exact, and a row at a time: which experts a token gets must not depend on its batch.
    let weights = x.rowProducts(router, bias: nil).softmax()
    var rows = [[Int]](repeating: [], count: experts.count)
    for (row, chosen) in weights.largest(count).enumerated() {
      for expert in chosen { rows[expert].append(row) }
    }
    return Routes(weights: weights, rows: rows)
  }

  /// The sum of what experts make of the rows that go through them.
  func sum(_ x: Tensor, by routes: Routes, _ expert: (FeedForward, Tensor) -> Tensor) -> Tensor {
    let outputs = zip(experts, routes.rows).map { own, rows in
      rows.isEmpty ? .zeros([0, x.columns]) : expert(own, x.rows(rows))
    }
    let sum = Tensor.mixture(outputs, of: routes.rows, routes.weights, columns: x.columns)
    return bias.map { sum.adding(toEachRow: $0) } ?? sum
  }

  func callAsFunction(
    _ x: Tensor, _ batch: TokenBatch, adding residual: Tensor?, queries: SequenceLayout?
  ) -> Tensor {
    let sum = sum(x, by: routes(x)) { $0($1, batch) }
    return residual.map { sum.adding($0) } ?? sum
  }
}

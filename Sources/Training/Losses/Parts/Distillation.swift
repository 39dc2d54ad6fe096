import ModelFiles
import Tensors

/// How far vectors are from those that a teacher gave: for each column the mean over its rows, and
/// of the columns the mean. Where the teacher's have another length, a matrix that is trained too
/// brings the model's to it.
struct Distillation: Sendable {
  enum Metric: String, CaseIterable, Sendable {
    /// (u − t)², the mean over a row's numbers
    case squared = "mse"
    /// ‖u − t‖
    case euclidean = "l2"
    /// 1 − cosine
    case cosine
  }

  let metric: Metric
  /// The numbers of a teacher's vector; `nil` for as many as the model's.
  let projectedWidth: Int?
  private let width: Int
  private let seed: Int

  init(_ options: JSON, _ context: LossContext, _ metric: Metric) throws {
    self.metric = metric
    (width, seed) = (context.width, context.seed)
    guard let value = try options.present("projection_dim") else {
      projectedWidth = nil
      return
    }
    let projected = try value.int()
    guard projected >= 1 else { throw value.mismatch("at least 1, the numbers of the vectors") }
    try MemoryBound.check(
      projected, width, 4, for: "\(options.name): a projection to \(projected) numbers")
    projectedWidth = projected
  }

  var needs: LossNeeds {
    LossNeeds(
      columns: 1...Ranking.mostColumns, labels: .vectors, vectorWidth: projectedWidth)
  }

  var parameter: (name: String, value: JSONValue) {
    ("projection_dim", .optional(projectedWidth) { .int($0) })
  }

  /// Uniform in ±1/√E, as `torch.nn.Linear` begins.
  var weights: [(name: String, value: Tensor)] {
    guard let projectedWidth else { return [] }
    return WeightGenerator.linear(
      "projection", outputs: projectedWidth, inputs: width, seed: seed)
  }

  func loss(
    _ columns: [Tensor], _ targets: [Tensor], _ weights: [String: Tensor]
  ) -> LossValue {
    let projected = columns.map { projection($0, weights) }
    var value = LossValue(value: 0, columns: [])
    for (place, own) in projected.enumerated() {
      let target = targets[targets.count == 1 ? 0 : place]
      precondition(own.shape == target.shape, "\(own.shape) beside \(target.shape)")
      let (part, slopes) = distance(own, target, share: 1 / Double(columns.count))
      value.value += part
      value.columns.append(slopes)
    }
    guard let weight = weights["projection.weight"] else { return value }
    // z = x Wᵀ + b, so dx = dz W, dW = dzᵀ x, db = Σ dz
    let (seen, slopes) = (Tensor.stacked(columns), Tensor.stacked(value.columns))
    value.columns = value.columns.map { Tensor.product($0, weight) }
    value.weights = [
      "projection.weight": Tensor.product(slopes, seen, transposedLeft: true),
      "projection.bias": Tensor(
        [weight.rows], slopes.columnMeans().map { Float($0 * Double(slopes.rows)) }),
    ]
    return value
  }

  private func projection(_ x: Tensor, _ weights: [String: Tensor]) -> Tensor {
    guard let projectedWidth else { return x }
    guard let weight = weights["projection.weight"], let bias = weights["projection.bias"],
      weight.shape == [projectedWidth, x.columns], bias.count == projectedWidth
    else { preconditionFailure("no projection of \(x.columns) to \(projectedWidth) numbers") }
    return Tensor.product(x, weight, transposedRight: true).adding(toEachRow: bias)
  }

  /// The mean of all rows' distances, times `share`, and its derivatives.
  private func distance(
    _ own: Tensor, _ target: Tensor, share: Double
  ) -> (value: Double, slopes: Tensor) {
    switch metric {
    case .squared: return squares(own, target, share: share / Double(own.count))
    case .euclidean:
      return mean(PairDistances(own, target, .euclidean(shift: 0)), share / Double(own.rows))
    case .cosine:
      // As short as `torch.cosine_similarity` lets vectors be.
      return mean(PairDistances(own, target, .cosine(shortest: 1e-8)), share / Double(own.rows))
    }
  }

  private func mean(_ distances: PairDistances, _ share: Double) -> (Double, Tensor) {
    let slopes = distances.values.map { _ in share }
    return (distances.values.reduce(0, +) * share, distances.derivatives(slopes)[0])
  }

  /// y = Σ (u − t)² · share, so du = 2 (u − t) · share
  private func squares(_ own: Tensor, _ target: Tensor, share: Double) -> (Double, Tensor) {
    var value = 0.0
    let slopes = Tensor(own.shape) { out in
      own.withFloats { own in
        target.withFloats { target in
          for index in out.indices {
            let wrong = Double(own[index]) - Double(target[index])
            value += share * wrong * wrong
            out[index] = Float(2 * share * wrong)
          }
        }
      }
    }
    return (value, slopes)
  }
}

import CKernels
import Glibc
package import Tensors

/// AdamW (Loshchilov and Hutter, 2019) in torch's order of operations.
///
/// A tensor without a derivative is skipped whole: it is not decayed, and the step does not count
/// for it. Tables that `prepare` was called for keep state for the rows that occurred.
package final class AdamW {
  package let parameters: Parameters
  let settings: Settings
  private let threads: Int
  /// By the places of `parameters.trained`.
  var moments: [Moments?]

  /// What all tensors have in common.
  struct Settings: Sendable {
    let beta1: Double
    let beta2: Double
    let epsilon: Double

    /// The t-th step of a tensor.
    func step(_ t: Int, rate: Double, weightDecay: Double, scale: Float) -> ck_adamw {
      ck_adamw(
        rate: Float(rate), decay: Float(1 - rate * weightDecay), beta1: beta1, beta2: beta2,
        epsilon: Float(epsilon), correction1: Float(1 - pow(beta1, Double(t))),
        root2: Float((1 - pow(beta2, Double(t))).squareRoot()), scale: scale)
    }
  }

  /// What is known of a tensor's earlier derivatives.
  enum Moments {
    case dense(DenseMoments)
    case sparse(SparseTable)
  }

  package init(_ parameters: Parameters, _ options: TrainingOptions, threads: Int) {
    (self.parameters, self.threads) = (parameters, threads)
    settings = Settings(
      beta1: options.adamBeta1, beta2: options.adamBeta2, epsilon: options.adamEpsilon)
    moments = Array(repeating: nil, count: parameters.trained.count)
  }

  /// Brings rows of a table up to date, for a pass in which no others of it are used. From its
  /// first call on, others are only looked after when they are needed: before each step all that
  /// may occur in it must be named.
  /// - Parameters:
  ///   - name: of the table; what is not trained needs nothing
  ///   - rows: may be there several times; those that the table does not have are left out
  package func prepare(_ name: String, rows: [Int32]) throws {
    guard let index = parameters.trained.firstIndex(where: { $0.name == name }) else { return }
    if moments[index] == nil {
      moments[index] = .sparse(SparseTable(parameters.trained[index], settings))
    }
    guard case .sparse(let table) = moments[index] else { return }
    let rows = Set(rows).filter { $0 >= 0 && Int($0) < table.rows }.sorted()
    try table.wake(rows, threads: threads)
  }

  /// Keeps all rows of a table up to date from here on.
  package func makeDense(_ name: String) throws {
    guard let index = parameters.trained.firstIndex(where: { $0.name == name }),
      case .sparse(let table) = moments[index]
    else { return }
    moments[index] = .dense(try table.dense(threads: threads))
  }

  /// One step of all tensors that have derivatives.
  /// - Parameters:
  ///   - gradients: by the names of the model's tensors
  ///   - own: by the names of the losses' weights
  ///   - factor: the schedule's
  ///   - scale: `clipping`, for the model's
  package func step(
    _ gradients: [String: Gradient], own: [String: Gradient] = [:], factor: Double, scale: Float
  ) throws {
    var parts: [DenseStep] = []
    for (index, tensor) in parameters.trained.enumerated() {
      guard let gradient = (tensor.isOwn ? own : gradients)[tensor.name] else { continue }
      let rate = tensor.rate * factor
      let scale = tensor.isOwn ? 1 : scale
      if case .sparse(let table) = moments[index] {
        // Of a table that shrinks to nothing or beyond, no logarithm says by how much.
        if case .rows(let rows) = gradient, rate * tensor.weightDecay < 1 {
          try table.step(rows, rate: rate, scale: scale, threads: threads)
          continue
        }
        moments[index] = .dense(try table.dense(threads: threads))
      }
      let dense = dense(index)
      dense.steps += 1
      let step = settings.step(
        dense.steps, rate: rate, weightDecay: tensor.weightDecay, scale: scale)
      parts += DenseStep.parts(tensor, dense, gradient, step)
    }
    let all = parts
    try Parallel.forEach(all.count, threads: threads) { all[$0]() }
  }

  private func dense(_ index: Int) -> DenseMoments {
    if case .dense(let dense) = moments[index] { return dense }
    let dense = DenseMoments(count: parameters.trained[index].values.count)
    moments[index] = .dense(dense)
    return dense
  }

  /// A tensor of the model as it is after the last step, all rows of a table included; right until
  /// the next one. What is read has no part in what follows.
  package func current(_ name: String) throws -> Tensor? {
    guard let index = parameters.trained.firstIndex(where: { $0.name == name }) else {
      return parameters.untouched[name]
    }
    let tensor = parameters.trained[index]
    guard case .sparse(let table) = moments[index] else {
      return tensor.values.tensor(tensor.shape)
    }
    return try table.current(threads: threads)
  }

  /// All tensors of the model so; of an adapter its own alone.
  package func current() throws -> [String: Tensor] {
    var all = parameters.untouched
    for name in parameters.trainedNames { all[name] = try current(name) }
    return all
  }
}

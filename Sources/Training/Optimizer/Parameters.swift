package import Encoders
import ModelFiles
package import Tensors

/// The numbers that training changes, by the names of a model's tensors, and those of the losses.
///
/// They change in place between steps: what `leaves` and the like give is right until the next one.
package final class Parameters: Sendable {
  /// A tensor that is trained.
  struct Trained: Sendable {
    let name: String
    let shape: [Int]
    let values: NumberBlock
    /// Its learning rate, by which the schedule's factor is multiplied.
    let rate: Double
    let weightDecay: Double
    /// Whether it is a loss' own: then it is neither in the norm nor clipped.
    let isOwn: Bool
  }

  /// In the order in which they were given, the losses' last.
  let trained: [Trained]
  private let frozen: [(name: String, tensor: Tensor)]
  /// What changes the model's tensors, which then are not trained themselves.
  package let adapter: Adapter?

  /// - Parameters:
  ///   - model: the tensors that a text's vector depends on; none with an adapter, which leaves them
  ///     where they are
  ///   - own: the losses' weights, by names no tensor of the model has (`loss/classifier.weight`)
  package init(
    model: [(name: String, tensor: Tensor)], own: [(name: String, tensor: Tensor)] = [],
    _ options: TrainingOptions, adapter: Adapter? = nil
  ) throws {
    self.adapter = adapter
    let candidates = adapter?.values ?? model
    let names = candidates.map(\.name)
    let frozen = try options.freeze.map { text in
      let selection = try TensorSelection(text)
      guard names.contains(where: selection.contains) else {
        throw TensorSelection.problem(text, "freeze", among: names)
      }
      return selection
    }
    let rates = try options.learningRateOf.map { named in
      let selection = try TensorSelection(named.name)
      guard (names + own.map(\.name)).contains(where: selection.contains) else {
        throw TensorSelection.problem(named.name, "learning_rate_of", among: names)
      }
      return (selection, named.rate)
    }
    let isFrozen = { (name: String) in frozen.contains { $0.contains(name) } }
    let trained = { (isOwn: Bool) in
      { (name: String, tensor: Tensor) in
        Trained(
          name: name, shape: tensor.shape, values: NumberBlock(tensor),
          rate: rates.last { $0.0.contains(name) }?.1 ?? options.learningRate,
          weightDecay: isDecayed(name) ? options.weightDecay : 0, isOwn: isOwn)
      }
    }
    self.frozen = model.filter { isFrozen($0.name) }
    self.trained =
      candidates.filter { !isFrozen($0.name) }.map(trained(false)) + own.map(trained(true))
    guard self.trained.contains(where: { !$0.isOwn }) else {
      throw FileError("freeze: no tensor of the model is left to train")
    }
  }

  /// The tensors for a step, tracked where they are trained: the model's, or an adapter's.
  package func leaves() -> [String: Tensor] {
    var leaves = untouched
    for tensor in trained where !tensor.isOwn {
      leaves[tensor.name] = tensor.values.tensor(tensor.shape).tracked()
    }
    return leaves
  }

  /// What a network is made of, of such numbers.
  package func model(of numbers: [String: Tensor]) -> TrainedTensors {
    adapter?.trained(numbers) ?? TrainedTensors(numbers)
  }

  /// The losses' own weights.
  package func weights() -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: trained.filter(\.isOwn).map { ($0.name, $0.values.tensor($0.shape)) })
  }

  /// The model's tensors that do not change, but for those beside an adapter.
  package var untouched: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: frozen.map { ($0.name, $0.tensor) })
  }

  /// Of the model's tensors, those that are trained, in their order.
  package var trainedNames: [String] { trained.filter { !$0.isOwn }.map(\.name) }

  /// How many numbers of the model are trained.
  package var trainedCount: Int {
    trained.reduce(0) { $0 + ($1.isOwn ? 0 : $1.values.count) }
  }
}

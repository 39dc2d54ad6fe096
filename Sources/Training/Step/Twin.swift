import Embeddings
import Encoders
import Tensors

/// A copy of the model that a loss trains beside it: its numbers are the loss' own weights.
struct Twin {
  /// What sentence-transformers calls the copy.
  private static let name = "model1."

  let network: TrainableNetwork
  /// What goes before the names of its tensors in a run.
  let prefix: String
  /// By the names of the model's tensors.
  let leaves: [String: Tensor]

  /// - Parameters:
  ///   - weights: the losses' own, as they are now
  ///   - prefix: of the weights of the loss
  init(_ model: TrainableModel, _ weights: [String: Tensor], prefix: String) throws {
    self.prefix = prefix + Self.name
    let count = self.prefix.count
    let own = weights.filter { $0.key.hasPrefix(prefix + Self.name) }.map {
      (String($0.key.dropFirst(count)), $0.value.tracked())
    }
    leaves = Dictionary(uniqueKeysWithValues: own)
    network = try model.network(TrainedTensors(leaves))
  }

  /// What it begins with, by the names of a loss' weights: the model itself.
  static func weights(
    of model: TrainableModel
  ) throws -> [(name: String, value: Tensor)] {
    try model.tensors().map { (name + $0.name, $0.tensor) }
  }
}

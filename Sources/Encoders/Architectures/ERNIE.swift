import ModelFiles
import Tensors

/// ERNIE 2 and 3 (Sun et al., 2019, 2021): a BERT that may add a task embedding; here always that
/// of the first task, the reference's default.
enum ERNIE: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("ernie")
    let network = try BERT.encoder(config, root, padding: nil)
    let tasks = try config.size("task_type_vocab_size", default: 3)
    guard try config.json.bool("use_task_id", default: false) else { return network }
    var inputs = network.inputs
    guard tasks > 0 else {
      throw FileError(
        "\(config.json.name): `task_type_vocab_size` is 0, should be more with `use_task_id`")
    }
    inputs.tasks = try root["embeddings"].table(
      "task_type_embeddings.weight", tasks, network.hiddenSize)
    return Encoder(inputs: inputs, layers: network.layers)
  }
}

package import Embeddings
import Encoders
import ModelFiles
import Tensors

/// Changes of low rank of some of a model's matrices: W + s·B·A in the place of W.
///
/// Where a product is with W itself they are computed beside it, as peft does: W stays where it is, in
/// whatever format, and no derivative by it is made.
package struct Adapter: Sendable {
  /// A matrix that is changed.
  struct Change: Sendable {
    /// The name of W among the model's tensors.
    let tensor: String
    /// The module whose matrix it is, as transformers' class calls it.
    let module: String

    /// The names of A, `[r, inputs]`, and B, `[outputs, r]`, in peft's files.
    var names: (a: String, b: String) {
      let start = AdapterFolder.prefix + module
      return ("\(start).lora_A.weight", "\(start).lora_B.weight")
    }
  }

  /// As they hold: those of the adapter that is trained on, where there is one.
  package let options: LoRAOptions
  /// The names of modules that say which are changed.
  package let modules: [String]
  let changes: [Change]
  /// What A and B begin with.
  let values: [(name: String, tensor: Tensor)]
  /// - Throws: where the model has no such modules, or the adapter to start from is another model's
  package init(_ options: LoRAOptions, of model: TrainableModel, seed: Int) throws {
    let linear = try LinearModules(model)
    func shape(_ entry: LinearModules.Entry) -> (outputs: Int, inputs: Int) {
      let shape = model.shapes[entry.tensor] ?? [0, 0]
      return (shape[0], shape[1])
    }
    let entries: [LinearModules.Entry]
    if let folder = options.start {
      let file = try AdapterFile(folder)
      self.options = try file.options(options)
      entries = try file.entries(in: linear, of: model.start.folder.path)
      modules = try file.modules ?? entries.map(\.module)
      let path = model.start.folder.path
      values = try entries.flatMap { entry in
        let (outputs, inputs) = shape(entry)
        return try file.values(Change(entry).names, outputs: outputs, inputs, of: path)
      }
    } else {
      self.options = options
      (entries, modules) = try linear.chosen(options.modules)
      var generator = TorchGenerator(seed: seed)
      let rank = options.rank
      values = entries.flatMap { entry in
        Self.start(Change(entry).names, shape(entry), rank: rank, &generator)
      }
    }
    changes = entries.map(Change.init)
  }

  /// A of uniform numbers within ±1/√inputs (He et al., 2015, with a = √5), B of zeros.
  ///
  /// As peft draws them after `torch.manual_seed`, where modules come in the order of its classes:
  /// each of its layers is made first, with numbers of its own that are not used.
  private static func start(
    _ names: (a: String, b: String), _ shape: (outputs: Int, inputs: Int), rank: Int,
    _ generator: inout TorchGenerator
  ) -> [(name: String, tensor: Tensor)] {
    for _ in 0..<rank * (shape.inputs + shape.outputs) { _ = generator.next() }
    // In torch's order of operations: √3 · (√(2/(1 + 5)) / √inputs).
    let deviation = (2.0 / (1 + 5)).squareRoot() / Double(shape.inputs).squareRoot()
    let bound = Float(3.0.squareRoot() * deviation)
    let a = Tensor([rank, shape.inputs]) { out in
      for index in out.indices { out[index] = generator.uniform(from: -bound, to: bound) }
    }
    return [(names.a, a), (names.b, .zeros([shape.outputs, rank]))]
  }

  /// The changes that A and B make, by the names of the model's tensors.
  /// - Parameter numbers: A and B
  func trained(_ numbers: [String: Tensor]) -> TrainedTensors {
    TrainedTensors(
      changes: Dictionary(
        uniqueKeysWithValues: changes.map { change in
          guard let a = numbers[change.names.a], let b = numbers[change.names.b] else {
            preconditionFailure("\(change.module) has no change")
          }
          return (change.tensor, LowRank(a: a, b: b, scale: Float(options.scale)))
        }))
  }
}

extension Adapter.Change {
  init(_ entry: LinearModules.Entry) { (tensor, module) = (entry.tensor, entry.module) }
}

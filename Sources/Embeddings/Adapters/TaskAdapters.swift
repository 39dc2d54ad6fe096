import Encoders
import ModelFiles
import Tensors

/// Adapters for tasks that lie beside a network's weights in one file, all tasks in one tensor
/// (jina-embeddings-v3; Sturua et al., 2024). One task's changes each matrix and table W to
/// W + (alpha / rank)·B·A; without a task W stays.
struct TaskAdapters {
  private static let middle = ".parametrizations.weight."
  private static let (stored, first, second) = (
    "\(middle)original", "\(middle)0.lora_A", "\(middle)0.lora_B"
  )

  private let file: TensorFile
  private let folder: ModelFolder
  private let tasks: [String]
  /// The names of matrices and tables without `.weight`.
  private let modules: [String]

  /// - Returns: `nil` where the file has none
  init?(_ file: TensorFile, in folder: ModelFolder) throws {
    modules = file.names.filter { $0.hasSuffix(Self.stored) }.map {
      String($0.dropLast(Self.stored.count))
    }
    guard !modules.isEmpty else { return nil }
    guard let tasks = try folder.tasks else {
      throw FileError(
        "\(folder.path): the weights have adapters for tasks (`\(modules[0] + Self.first)`), and config.json "
          + "has no `lora_adaptations`, which names the tasks")
    }
    (self.file, self.folder, self.tasks) = (file, folder, tasks)
  }

  /// The weights by the names that a network without adapters has for them.
  /// - Parameter task: whose adapter changes them
  func weights(_ task: String?) throws -> Weights {
    var tensors = Dictionary(
      uniqueKeysWithValues: file.names.filter { !$0.contains(Self.middle) }.compactMap { name in
        file[name].map { (name, $0) }
      })
    for module in modules { tensors[module + ".weight"] = file[module + Self.stored] }
    let plain = TensorFile(tensors, of: file.files)
    guard let task else { return Weights(plain) }
    guard let index = tasks.firstIndex(of: task) else {
      throw ModelFolder.unknown(task, of: tasks, in: folder.path)
    }
    let config = try ModelConfig(folder.network(for: "says what the adapters are"))
    let rank = try config.count("lora_rank")
    let alpha = try config.json.double("lora_alpha", default: 1)
    guard alpha.magnitude <= 1e6 else {
      throw FileError("\(config.json.name): `lora_alpha` is \(alpha), should be at most 1000000")
    }
    let changes = try modules.map { module in
      (
        module + ".weight",
        try change(module, index, rank: rank, scale: Float(alpha / Double(rank)))
          as any WeightChange
      )
    }
    return Weights(plain, changes: Dictionary(uniqueKeysWithValues: changes))
  }

  private func change(
    _ module: String, _ task: Int, rank: Int, scale: Float
  ) throws -> LowRankChange {
    guard let shape = file[module + Self.stored]?.shape, shape.count == 2, !shape.contains(0) else {
      throw FileError(
        "\(folder.path): tensor `\(module + Self.stored)` should be a matrix or a table")
    }
    // Of tables of vectors the two lie the other way round: W + A·B.
    let isTable = module.hasSuffix("embeddings")
    let a = try factor(
      module + Self.first, task, isTable ? [shape[0], rank] : [rank, shape[1]])
    let b = try factor(
      module + Self.second, task, isTable ? [rank, shape[1]] : [shape[0], rank])
    return LowRankChange(a: isTable ? b : a, b: isTable ? a : b, scale: scale)
  }

  /// One task's part of a tensor.
  /// - Parameter shape: of that part
  private func factor(_ name: String, _ task: Int, _ shape: [Int]) throws -> Tensor {
    let all = try Weights(file).array(name, [tasks.count] + shape)
    return all.reshaped([tasks.count * shape[0], shape[1]])
      .rows(task * shape[0]..<(task + 1) * shape[0])
  }
}

extension ModelFolder {
  /// The tasks that the network in the folder has adapters for, in their order; `nil` where its
  /// config.json names none.
  var tasks: [String]? {
    get throws {
      guard try files.has(networkConfiguration) else { return nil }
      let config = try network(for: "says what the network is")
      guard let names = try config.present("lora_adaptations")?.array().elements else { return nil }
      return try names.map { try $0.string() }
    }
  }

  /// Refuses a task that the network in the folder has no adapter for.
  func check(_ task: String) throws {
    guard let tasks = try tasks else {
      throw FileError(
        "\(path): there is no adapter for the task `\(task)`: config.json names none (`lora_adaptations`); "
          + "leave out --task")
    }
    guard tasks.contains(task) else { throw Self.unknown(task, of: tasks, in: path) }
  }

  fileprivate static func unknown(_ task: String, of tasks: [String], in path: String) -> FileError
  {
    FileError(
      "\(path): there is no adapter for the task `\(task)`; there are some for "
        + tasks.joined(separator: ", "))
  }
}

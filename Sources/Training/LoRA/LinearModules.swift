package import Embeddings
import ModelFiles

/// The linear modules of a network, by the names that transformers' classes have for them.
package struct LinearModules: Sendable {
  package struct Entry: Sendable, Equatable {
    /// The name of its matrix among a model's tensors.
    package let tensor: String
    /// The name of the module: `encoder.layer.0.attention.self.query`.
    package let module: String
  }

  package let entries: [Entry]
  /// `model_type` of the network.
  private let type: String
  /// The folder of the model, for messages.
  private let path: String

  /// - Throws: where the model has none
  package init(_ model: TrainableModel) throws {
    guard let type = try model.networkType, !model.matrices.isEmpty else {
      throw FileError(
        "lora: \(model.start.folder.path) is no network with linear modules that could be adapted; "
          + "leave lora out to train all weights")
    }
    self.init(
      model.matrices, prefix: try model.inputPrefix, type: type, path: model.start.folder.path)
  }

  /// - Parameters:
  ///   - tensors: the names of matrices
  ///   - prefix: of their module's folder, which is no part of a module's name
  init(_ tensors: [String], prefix: String, type: String, path: String) {
    (self.type, self.path) = (type, path)
    entries = tensors.map { tensor in
      Entry(
        tensor: tensor,
        module: Self.module(tensor.dropFirst(prefix.count).dropLast(".weight".count), type))
    }.sorted { Self.isBefore($0.module, $1.module) }
  }

  // What stands before a network's names where a class with a head saved it (`base_model_prefix`).
  private static let roots: Set<Substring> = [
    "albert", "bert", "deberta", "distilbert", "electra", "ernie", "gte", "model", "mpnet", "new",
    "nomic_bert", "roberta",
  ]
  // DistilBERT has a module of that name.
  private static let transformerRoots: Set = ["xlm", "xlnet", "flaubert"]

  /// The name of a module in the class of the network alone.
  static func module(_ name: Substring, _ type: String) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    while let first = parts.first,
      roots.contains(first) || first == "transformer" && transformerRoots.contains(type)
    { parts.removeFirst() }
    return parts.joined(separator: ".")
  }

  /// Layers by their numbers, and what is in them by the alphabet: the order of torch's modules where
  /// queries come before values.
  private static func isBefore(_ one: String, _ other: String) -> Bool {
    let (ones, others) = (one.split(separator: "."), other.split(separator: "."))
    for (part, another) in zip(ones, others) where part != another {
      if let number = Int(part), let second = Int(another) { return number < second }
      return part.utf8.lexicographicallyPrecedes(another.utf8)
    }
    return ones.count < others.count
  }

  // By `model_type`, as peft 0.21 has them (TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING).
  private static let usual: [String: [String]] = [
    "bert": ["query", "value"], "roberta": ["query", "value"], "xlm-roberta": ["query", "value"],
    "electra": ["query", "value"], "deberta-v2": ["query_proj", "value_proj"],
    "deberta": ["in_proj"], "t5": ["q", "v"], "mt5": ["q", "v"], "gemma": ["q_proj", "v_proj"],
    "gemma2": ["q_proj", "v_proj"], "gemma3_text": ["q_proj", "v_proj"],
    "llama": ["q_proj", "v_proj"], "mistral": ["q_proj", "v_proj"], "phi": ["q_proj", "v_proj"],
    "qwen2": ["q_proj", "v_proj"], "qwen3": ["q_proj", "v_proj"],
  ]

  /// The modules that are asked for.
  /// - Returns: these, and the names that say which, as short as they were said
  package func chosen(
    _ modules: LoRAOptions.Modules
  ) throws -> (entries: [Entry], names: [String]) {
    let names: [String]
    switch modules {
    case .allLinear: return (entries, entries.map(\.module))
    case .named(let asked): names = asked
    case .usual:
      guard let known = Self.usual[type] else {
        throw FileError(
          "lora: peft has no usual modules for `\(type)`; name them, as in modules=\(example), or "
            + "take modules=all-linear; \(known)")
      }
      names = known
    }
    for name in names where !entries.contains(where: { Self.matches($0.module, name) }) {
      let near = nearestName(to: name, among: endings)
      throw FileError(
        "lora: \(path) has no linear module `\(name)`; "
          + (near.map { "did you mean `\($0)`? " } ?? "") + known)
    }
    let chosen = entries.filter { entry in names.contains { Self.matches(entry.module, $0) } }
    // BERT's pooler has a `dense` too, and no part in a vector: peft is told each module.
    return (chosen, names.contains("dense") ? chosen.map(\.module) : names)
  }

  /// The module of that name, as an adapter's file has it.
  func module(named name: String) -> Entry? {
    let wanted = Self.module(Substring(name), type)
    return entries.first { $0.module == wanted }
  }

  private static func matches(_ module: String, _ name: String) -> Bool {
    module == name || module.hasSuffix(".\(name)")
  }

  /// The last parts of all names, each once.
  private var endings: [String] {
    var seen: Set<String> = []
    return entries.compactMap { $0.module.split(separator: ".").last.map(String.init) }
      .filter { seen.insert($0).inserted }
  }

  private var example: String { endings.prefix(2).joined(separator: "+") }

  /// What there is, for messages.
  private var known: String {
    let shown = endings.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    return "its linear modules are \(shown)\(endings.count > 12 ? " …" : "")"
  }
}

extension LoRAOptions {
  /// The same with the modules named that are usual for the model.
  /// - Throws: where it does not have those that are asked for
  package func resolved(for model: TrainableModel) throws -> LoRAOptions {
    let linear = try LinearModules(model)
    var resolved = self
    if start == nil {
      let names = try linear.chosen(modules).names
      if modules == .usual { resolved.modules = .named(names) }
    }
    return resolved
  }
}

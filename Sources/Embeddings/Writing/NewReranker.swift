import Encoders
package import ModelFiles
package import Tensors

/// A network with a new head, which scores pairs of texts: what sentence-transformers 6.2's
/// `CrossEncoder(model, num_labels=…)` makes of a model and saves.
package struct NewReranker {
  private let source: ModelFolder
  private let config: JSON
  private let head: NewHead
  private let labels: [String]

  // Whatever classes of tokenizers read; the module's own settings are written anew.
  private static let copied = [
    "added_tokens.json", "bpe.codes", "dict.txt", "emoji.txt", "merges.txt",
    "sentencepiece.bpe.model", "special_tokens_map.json", "spiece.model", "spm.model",
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt",
  ]

  /// - Parameters:
  ///   - start: a model with a network
  ///   - labels: the names of the numbers that a pair gets
  /// - Throws: where the model has no network, or one that no head is made for
  package init(_ start: TextModel, labels: [String]) throws {
    let entry = try start.list.first(nil)
    guard entry.kind == "Transformer", start.list.routes.isEmpty else {
      throw FileError(
        "\(start.folder.path): a reranker is made of a network (a Transformer), and the model begins "
          + "with a \(start.list.routes.isEmpty ? entry.kind : "Router")")
    }
    source = entry.folder
    self.labels = labels
    config = try source.object("config.json", for: "says what network the weights are for")
    head = try NewHead(ModelConfig(Transformer.configuration(entry)), labels: labels.count)
  }

  /// Writes a model directory.
  /// - Parameter normal: normally distributed numbers, of that shape and deviation
  package func write(
    to folder: any FolderWriting, normal: (_ shape: [Int], _ deviation: Double) -> Tensor
  ) throws {
    for name in Self.copied where try source.has(name) {
      try folder.copy(source.path(of: name), to: name)
    }
    try folder.writeSafetensors("model.safetensors", weights(normal))
    try folder.write("config.json", configuration())
    try folder.write(ModuleList.fileName, modules.file)
    try folder.write(PlainNetwork.settingsName, settings.file)
    try folder.write(TextModel.settingsName, modelSettings.file)
  }

  private func weights(
    _ normal: (_ shape: [Int], _ deviation: Double) -> Tensor
  ) throws -> [NewTensor] {
    let file = try TensorFile(folder: source.path)
    let prefix = "\(head.network)."
    let isBare = !file.names.contains { $0.hasPrefix(prefix) }
    let own = Dictionary(uniqueKeysWithValues: head.tensors.map { ($0.name, $0.shape) })
    var kept: [String: NewTensor] = [:]
    for name in file.names {
      guard let raw = file[name], let format = FloatFormat(raw.type) else { continue }
      let plain = Self.plain(name)
      let target = own[plain] == nil && isBare ? prefix + plain : plain
      guard own[target].map({ $0 == raw.shape }) ?? isOfNetwork(target) else { continue }
      kept[target] = NewTensor(target, .f32, raw.shape) { append in
        try raw.withBytes { bytes in
          try Tensor(raw.shape, raising: bytes, from: format).withFloats {
            try append(UnsafeRawBufferPointer($0))
          }
        }
      }
    }
    for tensor in head.tensors where kept[tensor.name] == nil {
      let numbers =
        switch tensor.beginning {
        case .normal(let deviation): normal(tensor.shape, deviation)
        case .zeros: Tensor(tensor.shape) { $0.update(repeating: 0) }
        case .ones: Tensor(tensor.shape) { $0.update(repeating: 1) }
        }
      kept[tensor.name] = NewTensor(tensor.name, numbers)
    }
    return kept.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whether a tensor is one of the network as it is under its head.
  private func isOfNetwork(_ name: String) -> Bool {
    let prefix = "\(head.network)."
    guard name.hasPrefix(prefix), !name.hasSuffix("position_ids") else { return false }
    let rest = name.dropFirst(prefix.count)
    let others = ["cls.", "lm_head.", "lm_predictions.", "mask_predictions."]
    return !others.contains(where: rest.hasPrefix)
      && (head.keepsPooler || !rest.hasPrefix("pooler."))
  }

  /// A name as transformers has it now: before 2019 norms had TensorFlow's.
  private static func plain(_ name: String) -> String {
    for (old, new) in ["gamma": "weight", "beta": "bias"] where name.hasSuffix("LayerNorm.\(old)") {
      return name.dropLast(old.count) + new
    }
    return name
  }

  private func configuration() throws -> [UInt8] {
    let numbers = labels.enumerated()
    let fields: [(String, JSONValue)] = [
      ("architectures", .array([.string(head.className)])), ("dtype", "float32"),
      ("id2label", .object(numbers.map { ("\($0)", .string($1)) })),
      ("label2id", .object(numbers.map { ($1, .int($0)) })),
    ]
    // An older name of `dtype`, and what `id2label` says.
    let replaced = Set(fields.map(\.0) + ["torch_dtype", "num_labels"])
    let kept = try config.members.map { (try $0.key.string(), JSONValue($0.value)) }
      .filter { !replaced.contains($0.0) }
    return JSONValue.object((kept + fields).sorted { $0.0 < $1.0 }).file
  }

  private var modules: JSONValue {
    [
      [
        "idx": 0, "name": "0", "path": "",
        "type": "sentence_transformers.base.modules.transformer.Transformer",
      ]
    ]
  }

  private var settings: JSONValue {
    [
      "transformer_task": .string(NetworkTask.classification.rawValue),
      "modality_config": ["text": ["method": "forward", "method_output_name": "logits"]],
      "module_output_name": "scores",
    ]
  }

  private var modelSettings: JSONValue {
    let activation = labels.count == 1 ? "activation.Sigmoid" : "linear.Identity"
    return [
      "activation_fn": .string("torch.nn.modules.\(activation)"), "default_prompt_name": .null,
      "model_type": "CrossEncoder", "prompts": [:],
    ]
  }
}

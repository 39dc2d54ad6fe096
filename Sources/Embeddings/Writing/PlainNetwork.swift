import ModelFiles
import Vectors

/// A plain Hugging Face network, which becomes a model of sentence-transformers: it gets the
/// modules that it is taken for.
struct PlainNetwork {
  private let model: TextModel
  /// `nil` for a sparse model, which SPLADE's pooling makes of a masked language model.
  private let pooling: Pooling.Mode?

  /// Files and folders of the copy that are not the network's.
  static let replaced: Set<String> = [
    ModuleList.fileName, settingsName, TextModel.settingsName, "1_Pooling/", "1_SpladePooling/",
  ]
  static let settingsName = "sentence_bert_config.json"

  /// `nil` where the directory lists its modules, or needs no pooling.
  init?(_ model: TextModel) {
    guard model.list.pooling != nil || model.modelKind == .sparse && model.list.isBare else {
      return nil
    }
    (self.model, pooling) = (model, model.list.pooling)
  }

  /// Writes what the modules need, and returns the list of them, which is to be written.
  func writeModules(to folder: some FolderWriting) throws -> ModulesFile {
    guard let pooling else { return try writeSparseModules(to: folder) }
    var modules = try ModulesFile(["Transformer"])
    let width = model.pipelines.values.first?.input.info.output.width ?? 0
    let flags = Pooling.Mode.allCases.map { ($0.flag, JSONValue.bool($0 == pooling)) }
    try folder.write(
      "\(modules.append("Pooling"))/config.json",
      JSONValue.object([("word_embedding_dimension", .int(width))] + flags).file)
    return modules
  }

  /// As sentence-transformers has them since 5.4, which knew no other names for a network's task.
  private func writeSparseModules(to folder: some FolderWriting) throws -> ModulesFile {
    var modules = try ModulesFile([])
    try modules.append(
      "Transformer", type: "sentence_transformers.base.modules.transformer.Transformer")
    let pooling = try modules.append(
      "SpladePooling",
      type: "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling")
    let settings: JSONValue = [
      "pooling_strategy": "max", "activation_function": "relu", "embedding_dimension": .null,
    ]
    try folder.write("\(pooling)/config.json", settings.file)
    return modules
  }

  /// The settings of a network that gives numbers of its vocabulary.
  private var sparseSettings: JSONValue {
    let limit = model.options.maximumLength.flatMap { _ in model.pipelines.values.first?.limit }
    let members: [(String, JSONValue)] = [
      ("transformer_task", .string(NetworkTask.maskedLanguage.rawValue)),
      ("modality_config", ["text": ["method": "forward", "method_output_name": "logits"]]),
      ("module_output_name", "token_embeddings"),
    ]
    return .object((limit.map { [("max_seq_length", .int($0))] } ?? []) + members)
  }

  /// Writes the settings of the model and of its first module.
  /// - Parameter similarity: what vectors are compared by, where that is not the model's
  func writeSettings(to folder: some FolderWriting, similarity: Similarity? = nil) throws {
    let own = TextModel.newSettings(
      model.modelKind, similarity: similarity ?? model.similarity)
    try folder.write(TextModel.settingsName, own.file)
    guard pooling != nil else {
      try folder.write(Self.settingsName, sparseSettings.file)
      return
    }
    let limit = model.pipelines.values.first?.limit
    var settings: [(String, JSONValue)] = [
      ("max_seq_length", .optional(limit) { .int($0) }), ("do_lower_case", false),
    ]
    if let chat = model.pipelines.values.first?.tokenizer.chat {
      // With modules.json beside it, a chat template counts only where a file says so.
      let (method, output) = (JSONValue.string("forward"), JSONValue.string("last_hidden_state"))
      let format = JSONValue.string(chat.isStructured ? "structured" : "flat")
      settings.append(
        (
          "modality_config",
          [
            "text": ["method": method, "method_output_name": output],
            "message": ["method": method, "method_output_name": output, "format": format],
          ]
        ))
      settings.append(("module_output_name", "token_embeddings"))
    }
    try folder.write(Self.settingsName, JSONValue.object(settings).file)
  }
}

extension TextModel {
  /// config_sentence_transformers.json of a model that has none.
  static func newSettings(
    _ kind: ModelKind = .dense, similarity: Similarity
  ) -> JSONValue {
    [
      "model_type": kind == .sparse ? "SparseEncoder" : "SentenceTransformer",
      "prompts": ["query": "", "document": ""],
      "default_prompt_name": .null, "similarity_fn_name": .string(similarity.rawValue),
    ]
  }
}

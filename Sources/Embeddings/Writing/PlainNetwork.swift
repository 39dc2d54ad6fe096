import ModelFiles
import Vectors

/// A plain Hugging Face network, which becomes a model of sentence-transformers: it gets the
/// modules that it is taken for.
struct PlainNetwork {
  private let model: TextModel
  private let pooling: Pooling.Mode

  /// Files and folders of the copy that are not the network's.
  static let replaced: Set<String> = [
    ModuleList.fileName, settingsName, TextModel.settingsName, poolingFolder + "/",
  ]
  static let settingsName = "sentence_bert_config.json"
  private static let poolingFolder = "1_Pooling"

  /// `nil` where the directory lists its modules, or needs no pooling.
  init?(_ model: TextModel) {
    guard let pooling = model.list.pooling else { return nil }
    (self.model, self.pooling) = (model, pooling)
  }

  /// Writes what the modules need, and returns the list of them, which is to be written.
  func writeModules(to folder: some FolderWriting) throws -> ModulesFile {
    var modules = try ModulesFile(["Transformer"])
    let width = model.pipelines.values.first?.input.info.output.width ?? 0
    let flags = Pooling.Mode.allCases.map { ($0.flag, JSONValue.bool($0 == pooling)) }
    try folder.write(
      "\(modules.append("Pooling"))/config.json",
      JSONValue.object([("word_embedding_dimension", .int(width))] + flags).file)
    return modules
  }

  /// Writes the settings of the model and of its first module.
  func writeSettings(to folder: some FolderWriting) throws {
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
    try folder.write(
      TextModel.settingsName, TextModel.newSettings(similarity: model.similarity).file)
  }
}

extension TextModel {
  /// config_sentence_transformers.json of a model that has none.
  static func newSettings(similarity: Similarity) -> JSONValue {
    [
      "model_type": "SentenceTransformer", "prompts": ["query": "", "document": ""],
      "default_prompt_name": .null, "similarity_fn_name": .string(similarity.rawValue),
    ]
  }
}

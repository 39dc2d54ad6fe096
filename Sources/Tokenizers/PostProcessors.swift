import ModelFiles

/// The post-processors that a tokenizer.json can name.
enum PostProcessors {
  /// Each `type` that tokenizer.json may name. A new post-processor adds its file and a line here.
  static let known: [String: any PostProcessor.Type] = [
    "BertProcessing": BertProcessing.self,
    "ByteLevel": ByteLevelProcessing.self,
    "RobertaProcessing": RobertaProcessing.self,
    "Sequence": PostProcessorSequence.self,
    "TemplateProcessing": TemplateProcessing.self,
  ]

  /// The post-processor that `json` describes.
  static func make(_ json: JSON) throws -> any PostProcessor {
    try json.component("post-processor", of: known, as: json.string("type")).init(json)
  }
}

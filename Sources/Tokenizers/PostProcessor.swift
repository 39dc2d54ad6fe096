package import ModelFiles

/// Adds special tokens to the ids of a text. The last of the four stages of a tokenizer.
package protocol PostProcessor: Sendable, CustomStringConvertible {
  init(_ json: JSON) throws
  /// What is added to a single text: so many tokens less of it fit below a limit.
  var addedIDs: [Int32] { get }
  func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool)
}

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

import ModelFiles
package import Tokenizers

/// The route of a text through a model: the prompt before it, and the modules that it passes.
package struct Route: Sendable {
  /// The prompt, which goes before each text.
  package let prompt: [UInt8]
  /// How many tokens the prompt takes, where a pooling leaves those out.
  let promptLength: Int
  /// The prompt's own tokens, without special ones.
  let promptIDs: [Int32]
  private(set) var pipeline: Pipeline

  init(_ prompt: String, _ pipeline: Pipeline) throws {
    self.pipeline = pipeline
    self.prompt = Array(prompt.utf8)
    promptLength = try pipeline.tokenizer.promptLength(self.prompt, limit: pipeline.limit)
    promptIDs = prompt.isEmpty ? [] : try pipeline.tokenizer.tokens(of: self.prompt)
  }

  /// The most tokens that are read of a text; `nil` for all.
  package var limit: Int? { pipeline.limit }
  /// How many special tokens each text gets.
  package var specials: Int { pipeline.tokenizer.specials }
  /// What comes of a text.
  package var kind: OutputKind { pipeline.kind }

  /// The same route without a Normalize at its end.
  var beforeNormalize: Route {
    var route = self
    route.pipeline = pipeline.beforeNormalize
    return route
  }

  /// The tokens of a text behind the prompt, cut to the limit.
  /// - Parameter text: valid UTF-8
  package func encoding(of text: [UInt8]) throws -> Encoding {
    try pipeline.tokenizer.encoding(of: prompt.isEmpty ? text : prompt + text, limit: limit)
  }
}

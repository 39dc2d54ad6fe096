package import Encoders
package import ModelFiles
package import Tensors
package import Tokenizers

/// A step of a model's pipeline, which reads its files through a `ModuleSource` only.
package protocol Module: Sendable {
  /// The file that configures it; `.none` where it needs none.
  static var configFile: ConfigFile { get }
  /// The object that configures it: by default what that file holds, or an empty one.
  /// - Throws: where its folder lacks a file that it needs, or has one that is no object.
  static func configuration(_ entry: ModuleEntry) throws -> JSON
  /// Whether it has tensors of its own.
  static var hasWeights: Bool { get }
  var info: ModuleInfo { get }
}

extension Module {
  package static var hasWeights: Bool { false }
  package static var configFile: ConfigFile { .none }

  package static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try configFile.name.isEmpty
      ? .empty(named: entry.folder.path)
      : entry.folder.object(configFile.name, for: configFile.purpose)
  }
}

/// A file that a module needs, and what for, for the error when it is missing.
package struct ConfigFile: Sendable {
  let name, purpose: String

  static let none = ConfigFile("", "")

  init(_ name: String, _ purpose: String) { (self.name, self.purpose) = (name, purpose) }
}

/// The first step of a pipeline: it reads texts.
package protocol InputModule: Module {
  /// How it makes tokens of a text, without the weights behind it.
  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer
  /// - Parameter tokenizer: another thread may still be making it
  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws
  var tokenizer: ModelTokenizer { get }
  /// The heads of its attention, for which the square of a text's tokens counts; 0 without any.
  var attentionHeads: Int { get }
  /// - Parameters:
  ///   - requested: what the modules after it look at
  ///   - training: the pass that is made for training, if it is for that
  ///   - cancelled: once it is true, what comes out may be nothing
  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features
  /// Floating-point operations for a text with this many tokens.
  func operations(tokens: Int, _ requested: RequestedStates) -> Double
}

extension InputModule {
  package var attentionHeads: Int { 0 }

  /// The network that its texts go through; `nil` without one.
  var network: Transformer? { self as? Transformer ?? (self as? CLIPText)?.transformer }
}

/// A later step of a pipeline: it changes the features of a batch.
package protocol FeatureModule: Module {
  /// - Parameter input: what the module before it gives
  init(_ source: ModuleSource, taking input: FeatureShape) throws
  func callAsFunction(_ features: Features) -> Features
}

/// What the later modules look at of what the first one could give.
package enum RequestedStates: Sendable, Equatable {
  case all
  /// What each layer gives, too.
  case layers
  /// The first token of each text, or its last.
  case first, last
  /// The last token of each text that is not this one.
  case lastOther(than: Int32)
  /// The first token of each text that is this one, or that has the largest id; without one the first.
  case firstOf(Int32)
  case largest
}

/// What a module is, for those who describe, count and watch it.
package struct ModuleInfo: Sendable {
  /// What it is, for people: "Pooling: mean".
  package let summary: String
  /// What it gives.
  package let output: FeatureShape
  /// The products that each row it takes goes through.
  package var products: [ProductShape] = []
  /// What in its files is not as it should be.
  package var warnings: [String] = []
  /// The tokens of each text that it looks at.
  package var requested = RequestedStates.all
}

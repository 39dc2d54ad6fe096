package import ModelFiles
package import Tensors
package import Tokenizers

/// A step of the pipeline after the one that reads the text.
package protocol Module: Sendable {
  /// - Parameter input: what the module before it gives
  init(_ folder: ModelFolder, taking input: FeatureShape) throws
  var info: ModuleInfo { get }
  func callAsFunction(_ features: Features) -> Features
}

/// The first step of the pipeline: it reads texts.
package protocol InputModule: Sendable {
  init(_ entry: ModuleEntry, _ options: EmbedderOptions) throws
  /// How it makes tokens of a text, without the weights behind it.
  static func reader(_ entry: ModuleEntry) throws -> ModelTokenizer
  var reader: ModelTokenizer { get }
  var info: ModuleInfo { get }
  /// - Parameter requested: what the modules after it look at
  func callAsFunction(_ texts: [Encoding], _ requested: RequestedStates) -> Features
  /// Floating-point operations that a text of so many tokens takes.
  func operations(tokens: Int, _ requested: RequestedStates) -> Double
}

/// What the later modules look at of what the first one could give.
package enum RequestedStates: Sendable {
  case all
  /// What each layer gives, too.
  case layers
  /// The first token of each text, or its last.
  case first, last
}

/// What a module is, for those who describe, count and watch it.
package struct ModuleInfo: Sendable {
  /// What it is, for people: "Pooling: mean".
  package let summary: String
  /// What it gives.
  package let output: FeatureShape
  /// The file that its numbers lie in.
  package var weights: TensorFile?
  /// The products that each row it takes goes through.
  package var products: [ProductShape] = []
  /// What is odd about its files.
  package var warnings: [String] = []
  /// The tokens of each text that it looks at.
  package var requested = RequestedStates.all
}

package enum Modules {
  /// The modules by the last name of their Python class, which has stayed the same while the
  /// paths before it changed. A new module adds its file and a line.
  package static let known: [String: any Module.Type] = [
    "CNN": CNN.self,
    "Dense": Dense.self,
    "Dropout": Dropout.self,
    "LSTM": LSTM.self,
    "LayerNorm": LayerNorm.self,
    "Normalize": Normalize.self,
    "Pooling": Pooling.self,
    "WeightedLayerPooling": WeightedLayerPooling.self,
    "WordWeights": WordWeights.self,
  ]

  /// The modules that read texts.
  package static let first: [String: any InputModule.Type] = [
    "BoW": BoW.self,
    "StaticEmbedding": StaticEmbedding.self,
    "Transformer": Transformer.self,
    "WordEmbeddings": WordEmbeddings.self,
  ]

  /// Names of a Router: the second is its first name.
  static let routers = ["Router", "Asym"]

  /// The classes that came before Transformer (0.1 and 0.2), one for each architecture, and the
  /// `model_type` that config.json did not say yet.
  static let former = [
    "ALBERT": "albert", "BERT": "bert", "CamemBERT": "camembert", "DistilBERT": "distilbert",
    "RoBERTa": "roberta", "T5": "t5", "XLMRoBERTa": "xlm-roberta", "XLNet": "xlnet",
  ]

  /// Modules of sentence-transformers that make something else than one vector of one text.
  static let refused = [
    "CLIPModel": "it embeds images beside texts; texts alone are read here",
    "LogitScore": "it scores pairs of texts (a CrossEncoder) and gives no vector",
    "MLMTransformer": "it is of a SparseEncoder; vectors here are dense",
    "MultiVectorMask": "it is of a MultiVectorEncoder, which gives a text many vectors",
    "SparseAutoEncoder": "it is of a SparseEncoder; vectors here are dense",
    "SparseStaticEmbedding": "it is of a SparseEncoder; vectors here are dense",
    "SpladePooling": "it is of a SparseEncoder; vectors here are dense",
    "TokenPooling": "it is of a MultiVectorEncoder, which gives a text many vectors",
  ]

  /// "known are …", for errors.
  static var names: String {
    "known are "
      + (Array(first.keys) + Array(known.keys) + routers).sorted().joined(separator: ", ")
  }

  static var firstNames: String { first.keys.sorted().joined(separator: ", ") }
}

extension FeatureShape {
  /// The width of token rows, which `module` needs.
  func tokens(for module: String) throws -> Int {
    guard owner == .tokens else {
      throw FileError(
        "\(ModuleList.fileName): \(module) stands where each text has one vector already; it takes "
          + "the vectors of tokens, so it stands before Pooling, and a model has one Pooling")
    }
    return width
  }

  /// The width of text rows, which `module` needs.
  func texts(for module: String) throws -> Int {
    guard owner == .texts else {
      throw FileError(
        "\(ModuleList.fileName): \(module) stands before Pooling; it takes one vector a text, swap them"
      )
    }
    return width
  }
}

extension JSON {
  /// Which of the two vectors, of tokens or of the text, a module says it changes; `nil` if it does
  /// not say.
  private func changed() throws -> (name: String, owner: FeatureShape.Owner)? {
    let owners = ["token_embeddings": FeatureShape.Owner.tokens, "sentence_embedding": .texts]
    guard let input = try present("module_input_name")?.string() else { return nil }
    let output = try string("module_output_name", default: input)
    guard let owner = owners[input], output == input else {
      throw FileError(
        "\(name): `module_input_name` is `\(input)` and `module_output_name` `\(output)`; "
          + "both should be token_embeddings or both sentence_embedding")
    }
    return (input, owner)
  }

  /// Checks that a module that may change tokens' vectors or texts' stands where it finds them.
  func checkPlace(of module: String, _ input: FeatureShape) throws {
    let changed = try changed() ?? ("sentence_embedding", .texts)
    guard changed.owner == input.owner else {
      throw FileError(
        "\(name): \(module) changes `\(changed.name)`, but stands "
          + (input.owner == .tokens ? "before" : "after")
          + " Pooling, where there are vectors of \(input.owner) only")
    }
  }

  /// Checks a width that a module's file says against what the module before gives.
  /// - Parameter names: the member's name, and the one it got later
  func checkWidth(_ names: String..., is width: Int) throws {
    let key = names.last { self[$0] != nil } ?? names[0]
    let found = try int(key)
    guard found == width else {
      throw FileError(
        "\(name): `\(key)` is \(found), but the vectors before it have \(width) numbers")
    }
  }
}

import ModelFiles

package enum Modules {
  /// The modules by the last name of their Python class, which has stayed the same while the
  /// paths before it changed. A new module adds its file and a line.
  package static let known: [String: any FeatureModule.Type] = [
    "CNN": CNN.self,
    "Dense": Dense.self,
    "Dropout": Dropout.self,
    "HierarchicalTokenPooling": HierarchicalTokenPooling.self,
    "LSTM": LSTM.self,
    "LayerNorm": LayerNorm.self,
    "LogitScore": LogitScore.self,
    "MultiVectorMask": MultiVectorMask.self,
    "Normalize": Normalize.self,
    "Pooling": Pooling.self,
    "SparseAutoEncoder": SparseAutoEncoder.self,
    "SpladePooling": SpladePooling.self,
    "WeightedLayerPooling": WeightedLayerPooling.self,
    "WordWeights": WordWeights.self,
  ]

  /// The heads of networks, which no list of modules names: what other files say implies them.
  static let implied: [String: any FeatureModule.Type] = [
    "CausalLogits": VocabularyLogits<CausalLanguageModel>.self,
    "Classification": Classification.self,
    "LexicalWeights": LexicalWeights.self,
    "TokenProjection": TokenProjection.self,
    "VocabularyLogits": VocabularyLogits<MaskedLanguageModel>.self,
  ]

  /// The modules that read texts.
  package static let first: [String: any InputModule.Type] = [
    "BoW": BoW.self,
    "CLIPModel": CLIPText.self,
    "SparseStaticEmbedding": SparseStaticEmbedding.self,
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

  /// Names that classes have had before.
  static let renamed = ["IDF": "SparseStaticEmbedding", "TokenPooling": "HierarchicalTokenPooling"]

  /// "known are …", for errors.
  static var names: String {
    "known are "
      + (Array(first.keys) + Array(known.keys) + routers).sorted().joined(separator: ", ")
  }

  static var firstNames: String { first.keys.sorted().joined(separator: ", ") }
}

extension Modules {
  /// Refuses modules that are not known, or are listed in the wrong order, before any is read.
  static func check(_ entries: [ModuleEntry], in list: ModuleList) throws {
    for (index, entry) in entries.enumerated() {
      let place = "\(entry.listing): module \(index), type `\(entry.type)`,"
      let isFirst = first[entry.kind] != nil
      guard isFirst || known[entry.kind] != nil || entry.configuration != nil else {
        throw FileError("\(place) is not known; \(names)")
      }
      guard isFirst == (index == 0) else {
        throw FileError(
          "\(place) stands in the wrong place: the first module, and no other, should be one that "
            + "reads text (\(firstNames))")
      }
    }
  }

  /// The module that reads texts, of an entry's kind.
  static func input(_ entry: ModuleEntry) throws -> any InputModule.Type {
    guard let kind = first[entry.kind] else {
      throw FileError("\(entry.listing): `\(entry.kind)` reads no text")
    }
    return kind
  }

  /// The later module of an entry's kind.
  static func feature(_ entry: ModuleEntry) throws -> any FeatureModule.Type {
    guard let kind = known[entry.kind] ?? (entry.configuration.flatMap { _ in implied[entry.kind] })
    else {
      throw FileError("\(entry.listing): module type `\(entry.kind)` is not known")
    }
    return kind
  }
}

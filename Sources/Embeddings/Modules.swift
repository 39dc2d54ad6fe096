import ModelFiles

package enum Modules {
  /// The modules by the last name of their Python class, which has stayed the same while the
  /// paths before it changed. A new module adds its file and a line.
  package static let known: [String: any FeatureModule.Type] = [
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

extension Modules {
  /// Refuses modules that are not known, or are listed in the wrong order, before any is read.
  static func check(_ entries: [ModuleEntry], in list: ModuleList) throws {
    for (index, entry) in entries.enumerated() {
      let place = "\(entry.listing): module \(index), type `\(entry.type)`,"
      if let reason = refused[entry.kind] {
        throw FileError("\(place) is not supported: \(reason)")
      }
      let isFirst = first[entry.kind] != nil
      guard isFirst || known[entry.kind] != nil else {
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
    guard let kind = known[entry.kind] else {
      throw FileError("\(entry.listing): module type `\(entry.kind)` is not known")
    }
    return kind
  }
}

package import ModelFiles

/// The class of transformers 5.23 that reads a folder's tokenizer, as AutoTokenizer finds it: by
/// tokenizer_config.json, else config.json, else the type of the model.
package struct TokenizerClass: Sendable {
  /// Without `Fast`: "BertTokenizer". `generic` where tokenizer.json is read as it is written.
  package let name: String
  /// The file and key that say so.
  package let origin: String

  static let generic = "TokenizersBackend"

  /// - Parameters:
  ///   - config: tokenizer_config.json
  ///   - model: config.json, if there is one
  package init(_ config: JSON, model: JSON?) throws {
    let type = try model?.present("model_type")?.string() ?? ""
    let registered = Self.byType[type]
    let declared = try Self.declared(config, model)
    guard let declared else {
      (name, origin) = (registered ?? Self.generic, "config.json: model_type")
      return
    }
    let isKnown = Stages.known[declared.name] != nil || Self.others.contains(declared.name)
    if let registered, registered == Self.generic || Self.isCorrecting(type) {
      // Types that have no class of their own, and some whose files name one by mistake.
      (name, origin) = (registered, "config.json: model_type")
    } else {
      (name, origin) = (isKnown ? declared.name : Self.generic, declared.origin)
    }
  }

  /// The class that a file names.
  static func declared(
    _ config: JSON, _ model: JSON?
  ) throws -> (name: String, origin: String)? {
    for json in [config, model] {
      guard let json, let name = try json.present("tokenizer_class")?.string(), !name.isEmpty
      else { continue }
      let short = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
      return (short, "\(lastName(of: json.name)): tokenizer_class")
    }
    return nil
  }

  /// Types whose files name the wrong class, in transformers' own list.
  private static func isCorrecting(_ type: String) -> Bool { type == "qwen2" }

  /// The class of a model's type, where no file names one.
  private static let byType = [
    "albert": "AlbertTokenizer", "bert": "BertTokenizer", "camembert": "CamembertTokenizer",
    "clip": "CLIPTokenizer",
    "deberta": "DebertaTokenizer", "deberta-v2": "DebertaV2Tokenizer",
    "distilbert": "BertTokenizer", "electra": "BertTokenizer", "ernie": "BertTokenizer",
    "flaubert": "FlaubertTokenizer", "gemma": "GemmaTokenizer", "gemma2": "GemmaTokenizer",
    "gemma3_text": "GemmaTokenizer", "gte": "XLMRobertaTokenizer",
    "jina_embeddings_v3": "XLMRobertaTokenizer", "longformer": "RobertaTokenizer",
    "luke": "LukeTokenizer", "mistral": generic, "modernbert": generic, "mpnet": "MPNetTokenizer",
    "mt5": "T5Tokenizer", "nomic_bert": "BertTokenizer", "qwen2": "Qwen2Tokenizer",
    "qwen3": "Qwen2Tokenizer", "roberta": "RobertaTokenizer", "roformer": "RoFormerTokenizer",
    "t5": "T5Tokenizer", "xlm": "XLMTokenizer", "xlm-roberta": "XLMRobertaTokenizer",
    "xlnet": "XLNetTokenizer",
  ]

  /// Other classes of transformers, which put stages of their own in the place of tokenizer.json's
  /// or do not read that file at all.
  private static let others: Set<String> = [
    "BarthezTokenizer", "BartphoTokenizer", "BertGenerationTokenizer", "BertJapaneseTokenizer",
    "BertweetTokenizer", "BigBirdTokenizer", "BioGptTokenizer", "BlenderbotSmallTokenizer",
    "BlenderbotTokenizer", "ByT5Tokenizer", "CTRLTokenizer", "CanineTokenizer",
    "CodeGenTokenizer", "CodeLlamaTokenizer", "CohereTokenizer", "CpmAntTokenizer",
    "CpmTokenizer", "EsmTokenizer", "FNetTokenizer", "FSMTTokenizer", "FlaubertTokenizer",
    "FunnelTokenizer", "GPTNeoXJapaneseTokenizer", "GPTNeoXTokenizer", "GPTSw3Tokenizer",
    "HerbertTokenizer", "LayoutLMv2Tokenizer", "LayoutLMv3Tokenizer", "LayoutXLMTokenizer",
    "LukeTokenizer", "M2M100Tokenizer", "MBart50Tokenizer", "MBartTokenizer",
    "MLukeTokenizer", "MarianTokenizer", "MarkupLMTokenizer", "MyT5Tokenizer", "NllbTokenizer",
    "OpenAIGPTTokenizer", "PLBartTokenizer", "PegasusTokenizer", "PerceiverTokenizer",
    "PhobertTokenizer", "ProphetNetTokenizer", "Qwen3_5Tokenizer", "ReformerTokenizer",
    "RemBertTokenizer", "RoCBertTokenizer", "RoFormerTokenizer", "SeamlessM4TTokenizer",
    "Siglip2Tokenizer", "SiglipTokenizer", "SplinterTokenizer", "TapasTokenizer", "UdopTokenizer",
    "WhisperTokenizer", "XGLMTokenizer", "XLMTokenizer",
  ]
}

extension TokenizerClass {
  /// Whether it tells the two texts of a pair apart by segments (its `model_input_names`), where
  /// tokenizer_config.json does not say.
  package var givesSegments: Bool { Self.withSegments.contains(name) }

  private static let withSegments: Set<String> = [
    "BertTokenizer", "CanineTokenizer", "ConvBertTokenizer", "DebertaTokenizer",
    "DebertaV2Tokenizer", "ElectraTokenizer", "FNetTokenizer", "LayoutLMv2Tokenizer",
    "MarkupLMTokenizer", "MobileBertTokenizer", "TapasTokenizer",
  ]
}

extension TokenizerClass {
  /// What the class puts in the place of tokenizer.json's stages; `nil` where the file counts as it
  /// is written.
  /// - Parameters:
  ///   - file: tokenizer.json
  ///   - config: tokenizer_config.json
  /// - Throws: for a class whose stages are not known, and a file that the class would change in a
  ///   way that is not followed.
  func stages(_ file: JSON, _ config: JSON) throws -> Stages? {
    guard name != Self.generic, !isByteLevelLlama(file) else { return nil }
    guard let make = Stages.known[name] else {
      throw FileError(
        "\(file.name): transformers' class \(name) (\(origin)) does not read it as it is written, "
          + "and what it does instead is not known here; if tokenizer.json is right as it is, set "
          + "`tokenizer_class` of tokenizer_config.json to `PreTrainedTokenizerFast`")
    }
    let stages = try make(config, Stages.charsmap(file))
    for key in ["normalizer", "pre_tokenizer", "post_processor"] { file[key]?.askForAll() }
    try stages.check(file, name: "\(name) (\(origin))")
    return stages
  }

  /// Llama 3's tokenizers say LlamaTokenizer, but are of bytes, which that class cannot be.
  private func isByteLevelLlama(_ file: JSON) -> Bool {
    func isByteLevel(_ json: JSON?) -> Bool {
      json?["type"]?.isString("ByteLevel") ?? false
    }
    guard name == "LlamaTokenizer" else { return false }
    let splitter = file["pre_tokenizer"]
    return isByteLevel(splitter)
      || splitter?["pretokenizers"]?.elements.contains(where: { isByteLevel($0) }) ?? false
  }
}

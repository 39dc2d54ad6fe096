import Encoders
import ModelFiles
import Tokenizers

/// Where the three kinds of files keep what late interaction is.
extension LateInteraction {
  /// What a model's files say of late interaction; `nil` where they say nothing.
  /// - Parameters:
  ///   - folder: the network's
  ///   - settings: config_sentence_transformers.json, if there is one that is read
  ///   - transformer: the settings of the Transformer module, if there are any
  ///   - config: the network's config.json
  /// - Throws: where queries are to be filled up as this network cannot have it.
  static func read(
    _ folder: ModelFolder, settings: JSON?, transformer: JSON?, config: JSON
  ) throws -> LateInteraction? {
    let architectures = try config.present("architectures")?.array()
    let isStanford =
      try !folder.has(ModuleList.fileName)
      && architectures?.elements.contains { try $0.string() == "HF_ColBERT" } ?? false
    var found =
      isStanford ? try stanford(folder, config) : try settings.flatMap(pyLate)
    if let transformer {
      let asked = keys.filter { transformer[$0] != nil }
      if !asked.isEmpty {
        var both = found ?? LateInteraction(.modules, file: transformer.name)
        try both.replace(by: transformer)
        found = both
      }
    }
    try found?.check(folder, config)
    return found
  }

  /// What the settings of a Transformer may say.
  private static let keys = ["query_length", "document_length", "query_expansion"]

  /// A member that is there counts, null too: no limit, no expansion.
  private mutating func replace(by json: JSON) throws {
    for side in TextSide.allCases where json["\(side.rawValue)_length"] != nil {
      lengths[side] = try json.present("\(side.rawValue)_length")?.tokenCount()
    }
    if json["query_expansion"] != nil {
      expansion = try json.present("query_expansion").map(QueryExpansion.init)
    }
  }

  /// Settings at the top of config_sentence_transformers.json, which PyLate writes.
  private static func pyLate(_ json: JSON) throws -> LateInteraction? {
    let others = [
      "do_query_expansion", "attend_to_expansion_tokens", "attend_to_mask_tokens", "query_prefix",
      "document_prefix", "skiplist_words",
    ]
    let isNamed = json["model_type"].map { $0.isString("ColBERT") } ?? false
    let marks = (keys + others).filter { json[$0] != nil }
    guard isNamed || !marks.isEmpty else { return nil }
    let isNative = json["model_type"].map { $0.isString("MultiVectorEncoder") } ?? false
    var found = LateInteraction(isNative ? .modules : .pyLate, file: json.name)
    for side in TextSide.allCases {
      let key = "\(side.rawValue)_prefix"
      if json[key] != nil { found.prefixes[side] = try json.string(key, default: "") }
      found.lengths[side] = try json.present("\(side.rawValue)_length")?.tokenCount()
    }
    found.skipped =
      try json.present("skiplist_words")?.array().elements.map { try $0.string() } ?? punctuation
    if json["query_expansion"] != nil {
      found.expansion = try json.present("query_expansion").map(QueryExpansion.init)
    } else if try !marks.isEmpty && json.flag("do_query_expansion", default: true) {
      let attends = json["attend_to_expansion_tokens"] == nil ? "mask" : "expansion"
      // What they call a query's length is what it is filled up to; it is no limit beside that.
      found.expansion = QueryExpansion(
        length: found.lengths[.query] ?? standardLength,
        attends: try json.flag("attend_to_\(attends)_tokens", default: false), place: json.name)
      found.lengths[.query] = nil
    }
    return found
  }

  /// The length of a query in ColBERT's paper, and where files say nothing.
  private static let standardLength = 32

  /// artifact.metadata, which ColBERT's own trainer writes among some hundred settings of training.
  private static func stanford(_ folder: ModelFolder, _ config: JSON) throws -> LateInteraction {
    let json = try folder.objectIfPresent("artifact.metadata")
    json?.askForAll()
    var found = LateInteraction(.stanford, file: json?.name ?? config.name)
    func mark(_ key: String, _ standard: String) throws -> String {
      let name = try json?.string(key, default: "") ?? ""
      return (name.isEmpty ? standard : name) + " "
    }
    found.prefixes = [
      .query: try mark("query_token_id", "[unused0]"),
      .document: try mark("doc_token_id", "[unused1]"),
    ]
    found.lengths[.document] = try json?.present("doc_maxlen")?.tokenCount()
    found.expansion = QueryExpansion(
      length: try json?.present("query_maxlen")?.tokenCount() ?? standardLength,
      attends: try json?.flag("attend_to_mask_tokens", default: false) ?? false, place: found.file)
    found.skipped =
      try json?.flag("mask_punctuation", default: true) ?? true ? punctuation : []
    return found
  }
}

/// What a network must be for its queries to be filled up.
extension LateInteraction {
  /// Networks that do more with a token that nobody looks at than to leave it out of attention, so that
  /// its vector would be another: sentence-transformers' in parentheses.
  private static let refused = [
    "deberta": "its embedding is 0 there", "deberta-v2": "its embedding is 0 there",
    "flaubert": "its vector is 0 there", "longformer": "it looks at nothing there",
    "xlm": "its vector is 0 there", "xlnet": "it is looked at by itself there",
  ]

  private func check(_ folder: ModelFolder, _ config: JSON) throws {
    guard let expansion else { return }
    if let length = lengths[.query], length < expansion.length {
      throw FileError(
        "\(expansion.place): queries are filled up to \(expansion.length) tokens, and `query_length` "
          + "lets them have \(length); make it no smaller, or remove it")
    }
    let type = try config.string("model_type", default: "")
    if !expansion.attends, let reason = Self.refused[type] {
      throw FileError(
        "\(expansion.place): queries are filled up with tokens that no other looks at, which is not "
          + "computed for \(type): \(reason)")
    }
    if let positions = try Architectures.positions(ModelConfig(config)),
      positions < expansion.length
    {
      throw FileError(
        "\(expansion.place): queries are filled up to \(expansion.length) tokens, but the network has "
          + "\(positions) positions (\(config.name))")
    }
    let tokenizer = try TokenizerFiles.config(folder.path, folder.files)
    if try tokenizer.present("padding_side")?.string() == "left" {
      throw FileError(
        "\(tokenizer.name): `padding_side` is left, so that queries would be filled up before their "
          + "first token, which is not done; set it to right if the model was trained so")
    }
  }
}

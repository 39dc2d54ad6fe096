package import ModelFiles

/// What a model makes of texts.
public enum ModelKind: String, CaseIterable, Sendable {
  /// One vector for each text.
  case dense
  /// A number for each entry of a vocabulary, most of them 0.
  case sparse
  /// A vector for each token: late interaction.
  case multi
  /// A score for each pair of texts: a reranker, or a classifier of pairs.
  case rerank
}

extension ModelKind {
  /// Such a model, for people.
  package var phrase: String {
    switch self {
    case .dense: "an embedding model"
    case .sparse: "a sparse model"
    case .multi: "a late-interaction model"
    case .rerank: "a reranker"
    }
  }

  /// Such models, for people.
  package var plural: String {
    switch self {
    case .dense: "embedding models"
    case .sparse: "sparse models"
    case .multi: "late-interaction models"
    case .rerank: "rerankers"
    }
  }

  /// What such a model does, and the command that takes it.
  var use: String {
    switch self {
    case .dense: "it gives each text one vector: use `embed encode`"
    case .sparse: "it gives each text some numbers of a vocabulary: use `embed encode`"
    case .multi: "it gives each text a vector for each token: use `embed encode`"
    case .rerank: "it scores pairs of texts and gives no vector: use `embed rerank`"
    }
  }

  /// The error where a model of this kind was taken for one of another.
  /// - Parameter place: the model, or the file that says what it is
  package func refusal(_ place: String, asked: ModelKind) -> FileError {
    FileError("\(place): the model is \(phrase), not \(asked.phrase): \(use)")
  }

  /// `model_type` in config_sentence_transformers.json, by the classes of sentence-transformers and
  /// PyLate.
  static let modelTypes: [String: ModelKind] = [
    "ColBERT": .multi, "CrossEncoder": .rerank, "MultiVectorEncoder": .multi,
    "SentenceTransformer": .dense, "SparseEncoder": .sparse,
  ]

  /// The kind that a list of modules can only be of.
  /// - Parameter entries: those of all routes
  init(listed entries: [ModuleEntry]) {
    let kinds = Set(entries.map(\.kind))
    func has(_ names: Set<String>) -> Bool { !kinds.isDisjoint(with: names) }
    self =
      if has(["Classification", "LogitScore"]) {
        .rerank
      } else if has(["SpladePooling", "SparseAutoEncoder", "SparseStaticEmbedding"]) {
        .sparse
      } else if has(["MultiVectorMask", "HierarchicalTokenPooling"])
        || entries.contains(where: { $0.type.hasPrefix(ModuleEntry.pyLate) })
      {
        .multi
      } else {
        .dense
      }
  }
}

/// What kind a model is, and what says so.
struct KindOfModel: Sendable {
  let kind: ModelKind
  /// The file and key, for people.
  let origin: String

  /// The kind of a model with modules.json.
  /// - Parameters:
  ///   - settings: config_sentence_transformers.json
  ///   - asked: what is wanted of it, if anything is
  init(
    _ entries: [ModuleEntry], _ settings: JSON?, asked: ModelKind?, in folder: ModelFolder
  ) throws {
    var (found, origin) = (ModelKind(listed: entries), "modules.json")
    if let settings, let value = settings["model_type"] {
      let type = value.isNull ? "null" : try value.string()
      guard let kind = ModelKind.modelTypes[type] else {
        let known = ModelKind.modelTypes.keys.sorted().joined(separator: ", ")
        throw FileError(
          "\(settings.name): model_type is `\(type)`, which is not known; known are \(known)")
      }
      (found, origin) = (kind, "\(lastName(of: settings.name)): model_type")
    }
    if let asked, asked != found {
      guard found == .dense, try M3Heads.kinds(folder).contains(asked) else {
        throw found.refusal("\(folder.path) (\(origin))", asked: asked)
      }
      (found, origin) = (asked, "--type")
    }
    (kind, self.origin) = (found, origin)
  }

  init(_ kind: ModelKind, _ origin: String) { (self.kind, self.origin) = (kind, origin) }
}

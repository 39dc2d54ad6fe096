import Embeddings
import Glibc
import ModelFiles

/// Finds the directory of a model that is given by name.
struct ModelFinder {
  static let standardName = "all-MiniLM-L6-v2"
  /// The static model that ships, made of the standard one.
  private static let shippedName = "minilm-static"

  static let explanation = """
    The name of an existing directory, or of a GGUF file, means that; ollama:NAME is a model in \
    ollama's store. Any other NAME or ORGANISATION/NAME \
    is searched for in ./models, in each folder of $EMBED_MODELS (separated by colons), in \
    share/embed/models beside the executable's bin, and in the Hugging Face cache \
    ($SENTENCE_TRANSFORMERS_HOME first). The default is $EMBED_MODEL, else \(standardName), else \
    the static model that ships with embed; of rerank it is $EMBED_RERANKER.
    """

  private let places: ModelPlaces

  init(_ places: ModelPlaces = ModelPlaces()) { self.places = places }

  /// The directory that `asked` means, or the default one for `nil`. A model that is not the one
  /// asked for is said in any case; an error lists where it was searched for.
  func folder(
    of asked: String?, _ messages: Messages, default standard: DefaultModel = .embedder
  ) throws -> String {
    let variable = places.variable(standard.variable)
    guard let name = asked ?? variable ?? standard.name else { throw Self.noReranker }
    if try isDirectory(name) { return try ModelDirectory(name).model(messages) }
    if name.hasPrefix(OllamaStore.prefix) {
      return try OllamaStore(places).file(of: String(name.dropFirst(OllamaStore.prefix.count)))
    }
    if try fileExists(name), ModelFileKind(name) == .gguf { return name }
    let isVariable = asked == nil && variable != nil
    let mistake = ModelMistake(name, places, variable: isVariable ? standard.variable : nil)
    guard let parts = HubName(name) else { throw mistake.notAName }
    let candidates = places.candidates(parts)
    if let found = try candidates.first(where: isModel) { return found }
    let unorganised = places.unorganised(parts)
    if let found = try unorganised.first(where: isModel) {
      if !parts.impliesOrganisation {
        messages.warn("\(name) is taken to be \(found), whose organisation nothing says")
      }
      return found
    }
    let isUnasked = asked == nil && variable == nil
    let shipped =
      isUnasked ? (places.folders + ["models.example"]).map { "\($0)/\(Self.shippedName)" } : []
    if let found = try shipped.first(where: isModel) {
      messages.warn(
        "there is no model \(name): using the static model \(found), which is faster and less exact. "
          + Self.howToGet(parts))
      return found
    }
    throw mistake.missing(
      places: [name] + candidates + unorganised + shipped, advice: Self.howToGet(parts))
  }

  // Small and English; several languages; long documents.
  private static let noReranker = FileError(
    "no reranker is named; give one with -m, or set EMBED_RERANKER. Widely used are "
      + "cross-encoder/ms-marco-MiniLM-L6-v2 (small, English), BAAI/bge-reranker-v2-m3 (100 languages) "
      + "and Alibaba-NLP/gte-reranker-modernbert-base (English, 8192 tokens); "
      + "`hf download cross-encoder/ms-marco-MiniLM-L6-v2` puts the first into the Hugging Face cache"
  )

  /// Finds what adapters were made for, as models are found.
  static func base(_ messages: Messages) -> ModelFolder.BaseFinder {
    { try ModelFinder().folder(of: $0, messages) }
  }

  /// The hub's name of the model that was asked for and found; `nil` where it may be a model that the
  /// hub does not have: a directory, or a bare name outside the Hugging Face cache.
  static func hubName(asked: String?, found folder: String) -> HubName? {
    let parts = folder.split(separator: "/").map(String.init)
    if let cached = parts.lazy.compactMap({ CachedRepository($0).name }).first { return cached }
    let name = asked ?? standardName
    guard (try? isDirectory(name)) == false, let parts = HubName(name) else { return nil }
    return parts.organisation != nil || name == standardName ? parts : nil
  }

  private static func howToGet(_ name: HubName) -> String {
    let fetch = "`hf download \(name.repository)` puts it into the Hugging Face cache"
    return name.name == standardName
      ? "The project's `scripts/demo` fetches it into models/; \(fetch)" : "To get it: \(fetch)"
  }
}

/// Which model is used where none is named.
enum DefaultModel {
  case embedder, reranker

  /// The variable of the environment that names it.
  var variable: String { self == .embedder ? "EMBED_MODEL" : "EMBED_RERANKER" }
  /// What it is where that is not set; `nil` where there is none that all have.
  var name: String? { self == .embedder ? ModelFinder.standardName : nil }
}

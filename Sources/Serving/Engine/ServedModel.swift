import Embeddings
import Glibc
import ModelFiles
import Synchronization
import Tokenizers

/// A model, the names that requests may have for it, and its lanes.
struct ServedModel: Sendable {
  /// What it makes of texts.
  enum Use: Sendable {
    case dense(Embedder)
    case sparse(SparseEmbedder)
    case multi(MultiVectorEmbedder)
    case reranker(Reranker)
  }

  /// What lists of models call it: the name of its folder, or of its repository.
  let id: String
  let model: TextModel
  let use: Use
  /// When it was loaded, in seconds since 1970.
  let created: Int
  /// The most tokens that are read of a text of which nothing is said; `nil` for all.
  let limit: Int?
  /// The end that texts over the limit lose, where a request does not say.
  let cut: TruncationDirection
  /// Whether a dense model has vectors of tokens, of which it makes those of texts.
  let hasTokens: Bool
  private let organisation: String?
  private let otherNames: [String]
  private let lanes: Lanes

  /// - Parameters:
  ///   - asked: what the command line calls it
  ///   - otherNames: names that it has beside its own; `*` is any
  init(_ model: TextModel, asked: String?, otherNames: [String]) throws {
    self.model = model
    use =
      switch model.modelKind {
      case .dense: .dense(try Embedder(model))
      case .sparse: .sparse(try SparseEmbedder(model))
      case .multi: .multi(try MultiVectorEmbedder(model))
      case .rerank: .reranker(try Reranker(model))
      }
    (organisation, id) = Self.names(model.folder.path, asked)
    self.otherNames = otherNames
    let route = try model.route()
    (limit, cut, hasTokens) = (route.limit, route.truncationDirection, route.ofTokens != nil)
    created = Int(time(nil))
    lanes = Lanes()
  }

  /// `models--org--NAME` in a path of the Hugging Face cache, `org/NAME` as it was asked for, or the
  /// folder's name.
  private static func names(_ folder: String, _ asked: String?) -> (String?, String) {
    let parts = folder.split(separator: "/").map(String.init)
    for part in parts where part.hasPrefix("models--") {
      let names = part.dropFirst("models--".count).replacing("--", with: "/").split(separator: "/")
      if let name = names.last {
        return (names.count > 1 ? String(names[0]) : nil, String(name))
      }
    }
    let name = parts.last { $0 != "." && $0 != ".." } ?? "model"
    let words = (asked ?? "").split(separator: "/", omittingEmptySubsequences: false)
    let isName = words.count == 2 && !words[0].isEmpty && words[0] != "." && words[1] == name
    return (isName ? String(words[0]) : nil, name)
  }

  /// Whether any name that no model has means this one.
  var takesAnyName: Bool { otherNames.contains("*") }

  /// Whether a request that names a model so means this one.
  func answers(to name: String) -> Bool {
    if otherNames.contains(name) { return true }
    let bare = name.hasSuffix(":latest") ? String(name.dropLast(":latest".count)) : name
    if bare == id || otherNames.contains(bare) { return true }
    let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == id else { return false }
    return organisation.map { $0 == parts[0] } ?? true
  }

  /// The kind as people say it, and the verb that serves it.
  var kind: ModelKind { model.modelKind }
  /// The numbers of a vector, or the labels of a score.
  var width: Int {
    switch use {
    case .dense(let embedder): embedder.dimension
    case .sparse(let embedder): embedder.dimension
    case .multi(let embedder): embedder.dimension
    case .reranker(let reranker): reranker.labels.count
    }
  }

  /// What can be asked of it.
  var advice: String {
    switch use {
    case .dense: "ask it for vectors: /v1/embeddings or /embed"
    case .sparse: "ask it for sparse vectors: /embed_sparse"
    case .multi: "ask it for a vector for each token: /embed_all"
    case .reranker(let reranker):
      reranker.labels.count == 1
        ? "ask it to score documents: /rerank or /v1/rerank" : "ask it for classes: /predict"
    }
  }

  /// The refusal of a request for vectors.
  var hasNoVectors: Problem {
    .wrongModel("the model \(id) gives no such vectors; \(advice)")
  }

  /// An error as clients may read it: with the model's name in the place of its folder's path.
  func legible(_ error: FileError) -> String {
    error.description.replacing(model.folder.path + "/", with: id + "/")
  }

  /// The way that texts go, made once for each that is asked for.
  func lane(_ way: Way, of engine: Engine) throws -> (lane: Lane, pairs: PairRoute?) {
    try lanes.lane(way) {
      do {
        let (route, pairs) = try way.route(of: self)
        return (
          Lane(id: engine.newLane(), model: model, route: route, isWhole: way.isWhole), pairs
        )
      } catch let error as FileError {
        throw Problem.invalid(legible(error), "prompt_name")
      }
    }
  }
}

/// How a request's texts go through a model.
struct Way: Hashable, Sendable {
  /// What is made of them.
  enum Aim: Sendable { case results, beforeNormalize, tokens, pairs }

  var promptName: String?
  var prompt: String?
  /// Whether nothing goes before the texts, not even the model's default prompt.
  var isBare = false
  /// The end that texts over the limit lose, where it is not the model's own choice.
  var cut: TruncationDirection?
  var isWhole = false
  var aim = Aim.results

  fileprivate func route(of served: ServedModel) throws -> (Route, PairRoute?) {
    if aim == .pairs, case .reranker(let reranker) = served.use {
      var pairs = try reranker.route(promptName: promptName, prompt: prompt, isBare: isBare)
      if let cut {
        guard let cutting = pairs.cutting(cut) else { throw refusal(of: cut, served) }
        pairs = cutting
      }
      return (pairs.route, pairs)
    }
    let model = served.model
    var route = try model.route(promptName: promptName, prompt: isBare ? "" : prompt)
    if let cut {
      guard let cutting = route.cutting(cut) else { throw refusal(of: cut, served) }
      route = cutting
    }
    switch aim {
    case .results, .pairs: return (route, nil)
    case .beforeNormalize: return (route.beforeNormalize, nil)
    case .tokens:
      guard let tokens = route.ofTokens else {
        throw Problem.wrongModel(
          "the model \(served.id) looks vectors of words up and has none for tokens; ask /embed for its "
            + "texts' vectors")
      }
      return (tokens, nil)
    }
  }
}

extension Way {
  /// Says that texts cannot be cut there: at the other end they would have other vectors.
  private func refusal(of cut: TruncationDirection, _ served: ServedModel) -> Problem {
    let (end, other) = cut == .left ? ("beginning", "end") : ("end", "beginning")
    return .invalid(
      "the model \(served.id) cuts texts at their \(other), not at their \(end); leave "
        + "`truncation_direction` out, or shorten the texts", "truncation_direction")
  }
}

/// Lanes by the ways that were asked for: few, since prompts have names.
private final class Lanes: Sendable {
  private let made = Mutex<[Way: (lane: Lane, pairs: PairRoute?)]>([:])

  func lane(
    _ way: Way, make: () throws -> (lane: Lane, pairs: PairRoute?)
  ) throws -> (lane: Lane, pairs: PairRoute?) {
    try made.withLock { made in
      if let lane = made[way] { return lane }
      let lane = try make()
      made[way] = lane
      return lane
    }
  }
}

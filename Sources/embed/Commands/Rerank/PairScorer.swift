import Embeddings
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// A query and a document, as their bytes.
struct TextPair: Sendable {
  let query: [UInt8]
  let document: [UInt8]
}

/// What a reranker says of a pair.
struct PairScore: Sendable {
  /// One for each label.
  let scores: [Float]
  /// The same before the activation.
  let logits: [Float]
  let tokens: Int
  /// How many tokens of each side were cut off.
  let lost: (query: Int, document: Int)

  /// The first label's score, which documents are ranked by.
  var first: Float { scores.first ?? -.infinity }
  var isCut: Bool { lost.query + lost.document > 0 }
}

/// From pairs of texts to their scores, as the options of `rerank` say.
struct PairScorer: Sendable {
  let reranker: Reranker
  let route: PairRoute
  private let long: LongTexts
  private let activation: ScoreActivation
  private let makesShares: Bool

  // Large enough a share for a thread that handing it out costs nothing beside it.
  private static let share = 64

  init(_ reranker: Reranker, _ settings: RerankCommand) throws {
    try settings.scores.check(reranker)
    self.reranker = reranker
    route = try settings.prompt.route(reranker)
    long = settings.long
    activation = settings.scores.activation ?? reranker.activation
    makesShares = settings.scores.softmax
    if long == .chunk, reranker.labels.count > 1 {
      throw FileError(
        "--long chunk takes the best passage of a document, but the model scores "
          + "\(reranker.labels.count) labels (\(listed(reranker.labels))); use --long cut or error")
    }
  }

  /// Scores as the model's files say.
  init(_ reranker: Reranker, _ route: PairRoute) {
    (self.reranker, self.route, long) = (reranker, route, .cut)
    (activation, makesShares) = (reranker.activation, false)
  }

  // Their tokens are held together: enough for batches of like lengths.
  private static let group = 4096

  /// The score of each pair, or why it has none.
  func callAsFunction(_ pairs: [TextPair]) throws -> [Result<PairScore, FileError>] {
    try stride(from: 0, to: pairs.count, by: Self.group).flatMap { start in
      try scores(Array(pairs[start..<min(start + Self.group, pairs.count)]))
    }
  }

  private func scores(_ pairs: [TextPair]) throws -> [Result<PairScore, FileError>] {
    let encoded = try encodings(pairs)
    let flat = encoded.flatMap { (try? $0.get()) ?? [] }
    let logits = try reranker.logits(of: flat, by: route) { Interrupt.requested }
    var next = 0
    return encoded.map { result in
      result.flatMap { passages in
        defer { next += passages.count }
        return score(passages, (next..<next + passages.count).map { logits[$0] })
      }
    }
  }

  /// The tokens of each pair: of a document that is read in chunks those of each passage.
  private func encodings(_ pairs: [TextPair]) throws -> [Result<[PairEncoding], FileError>] {
    let share = long == .chunk ? 1 : Self.share
    let threads = reranker.model.options.threads
    return try Parallel.map(pairs.count, share: share, threads: threads) { index in
      try Interrupt.check()
      do {
        return .success(try encodings(pairs[index]))
      } catch let error as FileError {
        return .failure(error)
      }
    }
  }

  private func encodings(_ pair: TextPair) throws -> [PairEncoding] {
    if long == .chunk { return try Passages(pair, route).encodings() }
    let encoding = try route.encoding(of: pair.query, pair.document)
    if long == .error, encoding.isTruncated, let limit = route.limit {
      throw FileError(
        "query and document have more than \(limit) tokens; shorten them, or let them be cut "
          + "(--long cut) or the document be read in chunks (--long chunk)")
    }
    return [encoding]
  }

  /// - Parameter logits: of each passage
  private func score(
    _ passages: [PairEncoding], _ logits: [[Float]]
  ) -> Result<PairScore, FileError> {
    guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      return .failure(FileError(reranker.model.whyNotFinite))
    }
    // Of equal ones the first.
    let best = logits.indices.max { a, b in
      logits[a][0] < logits[b][0] || logits[a][0] == logits[b][0] && a > b
    }
    guard let best else { return .failure(FileError("the document has no passage")) }
    let scores = activation(logits[best])
    return .success(
      PairScore(
        scores: makesShares ? ScoreActivation.softmax(scores) : scores, logits: logits[best],
        tokens: passages.reduce(0) { $0 + $1.encoding.ids.count },
        lost: passages.reduce((0, 0)) { ($0.0 + $1.lost.query, $0.1 + $1.lost.document) }))
  }
}

extension Messages {
  /// Says how many pairs were longer than the model reads.
  func noteCut(pairs count: Int, of route: PairRoute, advice: String = "") {
    guard count > 0, let limit = route.limit else { return }
    note(
      "\(count) \(count == 1 ? "pair was" : "pairs were") longer than \(limit) tokens and cut\(advice)"
    )
  }
}

import Embeddings
import ModelFiles
import Vectors

/// Finds the texts nearest to anchors, and scores these and the anchors' positives alike.
struct AnchorSearch: Sendable {
  /// What was found for an anchor.
  typealias Found = (candidates: [Hit], positives: [Hit])

  private let embedder: Embedder
  /// The anchors'.
  let route: Route
  private let metric: Similarity
  private let corpus: [[UInt8]]
  private let vectors: Matrix
  private let search: Search
  private let judge: HitReranking?
  private let depth: Int

  // Pairs whose vectors are laid beside each other.
  private static let share = 4096

  /// Embeds the corpus.
  /// - Parameters:
  ///   - judge: what scores texts in place of the model, once they are found
  ///   - depth: how many texts are looked at for each anchor
  init(
    _ embedder: Embedder, _ pairs: AnchorPairs, _ settings: Mine, judge: HitReranking?, depth: Int
  ) throws {
    (self.embedder, self.judge, self.depth) = (embedder, judge, min(depth, pairs.corpus.count))
    route = try settings.negatives.queryRoute(embedder.model)
    metric = settings.metric ?? embedder.similarity
    corpus = pairs.corpus
    let made = try TextResults(
      of: corpus, from: "the texts", .dense(embedder),
      settings.negatives.corpusRoute(embedder.model), settings.model)
    guard case .rows(let rows) = made.results else { preconditionFailure("no rows") }
    vectors = try Self.prepared(rows, metric)
    search = Search(
      vectors, by: metric, name: "the texts", threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested })
  }

  /// How many anchors to search for together.
  var group: Int {
    let searched = Search.group(columns: vectors.columns, hits: depth)
    return judge == nil ? searched : min(searched, HitReranking.group(candidates: depth))
  }

  /// The way of pairs through the judge.
  var judgeRoute: PairRoute? { judge?.route }

  /// The nearest texts of each anchor, and its positives; and how many texts, and pairs that the
  /// judge read, were cut.
  /// - Parameters:
  ///   - positives: of each anchor
  ///   - location: how an error names an anchor, by its index
  func callAsFunction(
    _ anchors: [[UInt8]], positives: [[Int]], location: @Sendable (Int) -> String
  ) throws -> (found: [Found], cut: Int, cutPairs: Int) {
    let made = try embedder.finiteVectors(of: anchors, route, location: location)
    let asked = try Self.prepared(made.vectors, metric)
    let hits = try search.nearest(to: asked, count: depth, queriesName: "the anchors")
    let known = zip(anchors.indices, positives).map { scored($1, asked, $0) }
    let found = zip(hits, known).map { (candidates: $0, positives: $1) }
    guard let judge else { return (found, made.cut, 0) }
    let judged = try judge(
      found.map { found in
        let rows = Set(found.candidates.map(\.row))
        return found.candidates + found.positives.filter { !rows.contains($0.row) }
      }, anchors, corpus, location: location)
    return (zip(found, judged.hits).map(Self.rescored), made.cut, judged.cut)
  }

  /// The texts that belong to an anchor, with their scores.
  private func scored(_ rows: [Int], _ asked: Matrix, _ anchor: Int) -> [Hit] {
    stride(from: 0, to: rows.count, by: Self.share).flatMap { start in
      let part = rows[start..<min(start + Self.share, rows.count)]
      let scores = metric.pairwise(
        asked.picked(repeatElement(anchor, count: part.count)), vectors.picked(part))
      return zip(part, scores).map { Hit(row: $0, score: $1) }
    }
  }

  private static func rescored(_ found: Found, _ judged: [RankedHit]) -> Found {
    let scores = Dictionary(uniqueKeysWithValues: judged.map { ($0.row, $0.score) })
    func rescored(_ hits: [Hit]) -> [Hit] {
      hits.compactMap { hit in scores[hit.row].map { Hit(row: hit.row, score: $0) } }
    }
    return (rescored(found.candidates), rescored(found.positives))
  }

  /// Vectors of length 1, where the metric does not make them so.
  private static func prepared(_ vectors: Matrix, _ metric: Similarity) throws -> Matrix {
    guard metric != .cosine else { return vectors }
    try MemoryBound.check(
      vectors.rows, vectors.columns, 4, for: "scaling \(vectors.rows) vectors to length 1")
    return vectors.normalized()
  }
}

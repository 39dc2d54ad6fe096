import Embeddings
import ModelFiles
import Vectors

/// A hit with the scores that led to it.
struct RankedHit: Sendable {
  let row: Int
  let score: Float
  /// What the search scored it, where a reranker did after that.
  var retrieved: Float?

  init(_ hit: Hit, reranked score: Float? = nil) {
    row = hit.row
    self.score = score ?? hit.score
    retrieved = score == nil ? nil : hit.score
  }

  /// The members that it is written with, beside the text.
  static func members(reranked: Bool) -> ReservedFields {
    reranked ? [.row, .score, .retrieved] : [.row, .score]
  }

  /// As it is written: with the row's text and its own members, where they are known.
  /// - Parameter number: the row's in the corpus, where not all were read
  func value(_ text: [UInt8]?, _ own: KeptMembers? = nil, number: Int? = nil) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("row", .int(number ?? row)), ("score", .float(score)),
    ]
    if let retrieved { fields.append(("retrieved", .float(retrieved))) }
    if let text { fields.append(("text", .utf8(text))) }
    return own?.object(row, adding: fields) ?? .object(fields)
  }
}

/// Puts hits in the order of a reranker.
struct HitReranking: Sendable {
  private let scorer: PairScorer
  var route: PairRoute { scorer.route }

  // As many pairs go through the network together.
  private static let mostPairs = 1024

  init(_ reranker: Reranker) throws {
    scorer = PairScorer(reranker, try reranker.route())
    try scorer.checkRanks()
  }

  /// How many queries to rerank together.
  static func group(candidates: Int) -> Int { max(1, mostPairs / max(1, candidates)) }

  /// The hits of each query by the reranker's score, equal ones in their order before; and how many
  /// pairs were cut.
  /// - Parameters:
  ///   - texts: the corpus'
  ///   - location: how an error names a query, by its index
  func callAsFunction(
    _ found: [[Hit]], _ queries: [[UInt8]], _ texts: [[UInt8]], location: (Int) -> String
  ) throws -> (hits: [[RankedHit]], cut: Int) {
    let pairs = zip(queries, found).flatMap { query, hits in
      hits.map { TextPair(query: query, document: texts[$0.row]) }
    }
    var results = try scorer(pairs)[...]
    var cut = 0
    let reranked = try found.enumerated().map { query, hits in
      let scored = try hits.map { hit in
        switch results.popFirst() {
        case .success(let score):
          cut += score.isCut ? 1 : 0
          return RankedHit(hit, reranked: score.first)
        case .failure(let error):
          throw FileError("\(location(query)), with row \(hit.row) of the corpus: \(error)")
        case nil: preconditionFailure("a score for each pair")
        }
      }
      return scored.enumerated().sorted { a, b in
        a.element.score > b.element.score
          || a.element.score == b.element.score && a.offset < b.offset
      }.map(\.element)
    }
    return (reranked, cut)
  }
}

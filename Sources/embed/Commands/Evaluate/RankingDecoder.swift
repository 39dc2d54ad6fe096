import ModelFiles

/// What is known of the documents of a query.
struct KnownRanking {
  let query: [UInt8]
  let positive: [[UInt8]]
  /// The documents as they were ranked, or those that are not relevant.
  let others: [[UInt8]]
  let isRanked: Bool

  fileprivate init(
    query: [UInt8], positive: [[UInt8]], others: [[UInt8]], isRanked: Bool
  ) {
    (self.query, self.positive) = (query, positive)
    (self.others, self.isRanked) = (others, isRanked)
  }

  /// - Parameter fields: of a row of `RankingDecoder`
  init(_ fields: [[UInt8]]) {
    precondition(fields.count > 2, "a row of RankingDecoder")
    let count = Int(String(decoding: fields[1], as: UTF8.self)) ?? 0
    self.init(
      query: fields[0], positive: Array(fields[3...].prefix(count)),
      others: Array(fields[3...].dropFirst(count)), isRanked: !fields[2].isEmpty)
  }

  /// The query, how many documents are relevant, a mark where the others are ranked, the documents.
  fileprivate var fields: [[UInt8]] {
    [query, Array(String(positive.count).utf8), isRanked ? [1] : []] + positive + others
  }
}

/// Reads a query, its relevant documents and others from each object: `query`, `positive`, and
/// `negative` or `documents`.
struct RankingDecoder: RowDecoder {
  static let columns = ["query", "positive", "negative"]

  private let layout: Layout
  /// As messages name it.
  private let file: String

  init(_ layout: Layout, file: String) { (self.layout, self.file) = (layout, file) }

  func callAsFunction(_ raw: RawRow) throws -> InputRow? {
    let location = raw.location(in: file)
    if let problem = raw.problem(in: file) { throw problem }
    if raw.isWhiteSpace { return nil }
    let object = try raw.object(location, layout, example: "query")
    let fields = try Self.ranking(object, location).fields
    return InputRow(fields: .success(fields), source: .nothing, location: location)
  }

  private static func ranking(_ object: JSON, _ location: RowLocation) throws -> KnownRanking {
    func missing(_ name: String) -> RowProblem {
      object.missing(name, location, of: "query, positive, and negative or documents")
    }
    guard let query = object["query"] else { throw missing("query") }
    let (negative, ranked) = (object["negative"], object["documents"])
    guard let positive = object["positive"] else { throw missing("positive") }
    guard let others = negative ?? ranked else { throw missing("negative") }
    guard negative == nil || ranked == nil else {
      throw RowProblem(location, "has both `negative` and `documents`; leave one of them out")
    }
    return KnownRanking(
      query: try query.field("query", location),
      positive: try texts(positive, "positive", location),
      others: try texts(others, negative == nil ? "documents" : "negative", location),
      isRanked: negative == nil)
  }

  /// Texts, or objects with `text`; one text stands for a list of it.
  private static func texts(
    _ value: JSON, _ name: String, _ location: RowLocation
  ) throws -> [[UInt8]] {
    if let text = value.utf8 { return [text] }
    guard value.kind == .array else {
      throw RowProblem(location, "`\(name)` is \(value.found), should be a list of texts")
    }
    return try value.elements.enumerated().map { place, element in
      guard let text = element.utf8 ?? (element.kind == .object ? element["text"]?.utf8 : nil)
      else {
        throw RowProblem(
          location,
          "text \(place + 1) of `\(name)` is \(element.found), should be a string, or an object with "
            + "`text`")
      }
      return text
    }
  }
}

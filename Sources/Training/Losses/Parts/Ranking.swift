import ModelFiles

/// What MultipleNegativesRankingLoss and its kin compare, and how: each row's own positive should
/// score above all other texts.
struct Ranking: Sendable {
  /// Whose scores with whom stand beside the positive's.
  enum Direction: String, Sendable, CaseIterable {
    case queryToDoc = "query_to_doc"
    case queryToQuery = "query_to_query"
    case docToQuery = "doc_to_query"
    case docToDoc = "doc_to_doc"

    var isFromQueries: Bool { self == .queryToDoc || self == .queryToQuery }
    var isToQueries: Bool { self == .queryToQuery || self == .docToQuery }
  }

  enum Similarity: String, Sendable, CaseIterable {
    case cosine = "cos_sim"
    case dot = "dot_score"
  }

  enum Partition: String, Sendable, CaseIterable {
    /// One softmax over all directions.
    case joint
    /// A softmax for each, and the mean of their losses.
    case perDirection = "per_direction"
  }

  /// Which wrong answers weigh more the closer they are.
  enum Hardness: String, Sendable, CaseIterable {
    case inBatch = "in_batch_negatives"
    case hard = "hard_negatives"
    case all = "all_negatives"
  }

  /// An anchor, a positive, and more negatives than anybody has.
  static let mostColumns = 1000

  let scale: Double
  let similarity: Similarity
  /// In the order of the cases, each once.
  let directions: [Direction]
  let partition: Partition
  let hardness: Hardness?
  let strength: Double
  private let gathers: Bool

  /// Both directions, each with a softmax of its own: what the symmetric classes are.
  static let symmetric = (
    directions: [Direction.queryToDoc, .docToQuery], partition: Partition.perDirection
  )

  /// Both directions, each with a softmax of its own.
  init(symmetric scale: Double, _ similarity: Similarity) {
    (self.scale, self.similarity) = (scale, similarity)
    (directions, partition) = Self.symmetric
    (hardness, strength, gathers) = (nil, 0, false)
  }

  /// - Parameters:
  ///   - isSymmetric: whether directions and partition are fixed
  ///   - scale: where nothing says it
  ///   - similarity: where nothing says it
  init(
    _ options: JSON, isSymmetric: Bool, scale: Double = 20, similarity: Similarity = .cosine
  ) throws {
    self.scale = try options.number("scale", default: scale, above: 0)
    self.similarity = try options.name("similarity_fct", default: similarity)
    // Of several devices; there is one.
    gathers = try options.bool("gather_across_devices", default: false)
    let directions =
      try Self.directions(options) ?? (isSymmetric ? Self.symmetric.directions : [.queryToDoc])
    let partition = try options.name(
      "partition_mode", default: isSymmetric ? Self.symmetric.partition : .joint)
    hardness = try options.present("hardness_mode").map { try $0.name() }
    strength = try options.number("hardness_strength", default: 0, atLeast: 0)
    (self.directions, self.partition) = (directions, partition)
    if isSymmetric, directions != Self.symmetric.directions || partition != Self.symmetric.partition
    {
      throw FileError(
        "\(options.name): a symmetric loss has fixed `directions` and `partition_mode`; others are "
          + "for \(MultipleNegativesRankingLoss.name)")
    }
    let alone = [Direction.queryToQuery, .docToDoc].first(where: directions.contains)
    if partition == .perDirection, let alone {
      throw FileError(
        "\(options.name): `\(alone.rawValue)` has no positive, so that it cannot be a direction by "
          + "itself; `partition_mode` should be `joint`")
    }
  }

  private static func directions(_ options: JSON) throws -> [Direction]? {
    guard let value = try options.present("directions") else { return nil }
    let named: [Direction] = try value.array().elements.map { try $0.name() }
    guard named.contains(.queryToDoc) else {
      throw value.mismatch("directions with `query_to_doc`, in which the positive is")
    }
    return Direction.allCases.filter(named.contains)
  }

  /// As they stand in model cards.
  /// - Parameter cache: the parameters of the cached classes
  func parameters(_ cache: [(name: String, value: JSONValue)] = []) -> [(
    name: String, value: JSONValue
  )] {
    [("scale", .double(scale)), ("similarity_fct", .string(similarity.rawValue))] + cache + [
      ("gather_across_devices", .bool(gathers)),
      ("directions", .array(directions.map { .string($0.rawValue) })),
      ("partition_mode", .string(partition.rawValue)),
      ("hardness_mode", .optional(hardness) { .string($0.rawValue) }),
      ("hardness_strength", .double(strength)),
    ]
  }
}

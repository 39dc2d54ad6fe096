import ArgumentParser
import ModelFiles
import Vectors

/// How anchors and what was mined for them are written, as sentence-transformers names it.
enum NegativesFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Anchor, positive and one negative.
  case triplet
  /// Anchor, positive and all negatives; nothing where one is missing.
  case nTuple = "n-tuple"
  /// Anchor, text and label.
  case labeledPair = "labeled-pair"
  /// Anchor, a positive and all negatives as a list, and a list of labels.
  case labeledList = "labeled-list"
}

/// An anchor, its positives, and what was mined for it.
struct MinedAnchor: Sendable {
  let anchor: [UInt8]
  let positives: [Hit]
  let negatives: [Hit]
}

/// Makes rows of mined anchors.
struct NegativeRows: Sendable {
  let format: NegativesFormat
  let hasScores: Bool
  /// How many negatives were asked for.
  let wanted: Int
  let pairs: AnchorPairs

  /// How many rows an anchor has.
  func count(_ mined: MinedAnchor) -> Int {
    let (positives, negatives) = (mined.positives.count, mined.negatives.count)
    return switch format {
    case .triplet: positives * negatives
    case .nTuple: negatives == wanted ? positives : 0
    case .labeledPair: positives + negatives
    case .labeledList: negatives > 0 ? positives : 0
    }
  }

  /// One of the rows of an anchor.
  func row(_ index: Int, _ mined: MinedAnchor) -> JSONValue {
    let (positives, negatives) = (mined.positives, mined.negatives)
    switch format {
    case .triplet:
      let (positive, negative) = (
        positives[index / negatives.count], negatives[index % negatives.count]
      )
      return row(
        mined.anchor, text(positive), [("negative", text(negative))],
        scores: [positive, negative])
    case .nTuple:
      return row(
        mined.anchor, text(positives[index]),
        negatives.enumerated().map { ("negative_\($0 + 1)", text($1)) },
        scores: [positives[index]] + negatives)
    case .labeledPair:
      let isPositive = index < positives.count
      let hit = isPositive ? positives[index] : negatives[index - positives.count]
      return row(
        mined.anchor, text(hit),
        [hasScores ? ("score", .float(hit.score)) : ("label", .int(isPositive ? 1 : 0))])
    case .labeledList:
      let list = [positives[index]] + negatives
      let labels = list.indices.map { JSONValue.int($0 == 0 ? 1 : 0) }
      return row(
        mined.anchor, .array(list.map(text)), hasScores ? [] : [("labels", .array(labels))],
        scores: list)
    }
  }

  /// - Parameter scores: the hits whose scores are written, if any are
  private func row(
    _ anchor: [UInt8], _ positive: JSONValue, _ others: [(String, JSONValue)], scores: [Hit] = []
  ) -> JSONValue {
    let scored = hasScores && !scores.isEmpty
    return .object(
      [(pairs.names.anchor, .utf8(anchor)), (pairs.names.positive, positive)] + others
        + (scored ? [("scores", .array(scores.map { .float($0.score) }))] : []))
  }

  private func text(_ hit: Hit) -> JSONValue { .utf8(pairs.corpus[hit.row]) }

  /// Whether a member of rows that is not of the pairs is called so.
  static func isOurs(_ name: String) -> Bool {
    ["negative", "label", "labels", "score", "scores"].contains(name)
      || name.hasPrefix("negative_")
  }
}

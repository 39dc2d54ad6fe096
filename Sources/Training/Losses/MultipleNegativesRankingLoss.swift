package import ModelFiles
import Tensors

/// Each anchor with its positive against all other texts of the batch (van den Oord et al., 2018).
package struct MultipleNegativesRankingLoss: RankingLoss {
  package static let name = "MultipleNegativesRankingLoss"
  package static let shortNames = ["mnrl", "mnr", "InfoNCE"]
  let ranking: Ranking

  package init(_ options: JSON, _ context: LossContext) throws {
    ranking = try Ranking(options, isSymmetric: false)
  }

  package var parameters: [(name: String, value: JSONValue)] { ranking.parameters() }
}

/// The same. That large batches fit is for whoever makes the vectors to see to.
package struct CachedMultipleNegativesRankingLoss: RankingLoss {
  package static let name = "CachedMultipleNegativesRankingLoss"
  package static let shortNames = ["cmnrl"]
  let ranking: Ranking
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    ranking = try Ranking(options, isSymmetric: false)
    parts = try BatchParts(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    ranking.parameters(parts.parameters)
  }
}

/// Anchors against positives and positives against anchors.
package struct MultipleNegativesSymmetricRankingLoss: RankingLoss {
  package static let name = "MultipleNegativesSymmetricRankingLoss"
  let ranking: Ranking

  package init(_ options: JSON, _ context: LossContext) throws {
    ranking = try Ranking(options, isSymmetric: true)
  }

  package var parameters: [(name: String, value: JSONValue)] { ranking.parameters() }
}

/// The same, for large batches.
package struct CachedMultipleNegativesSymmetricRankingLoss: RankingLoss {
  package static let name = "CachedMultipleNegativesSymmetricRankingLoss"
  let ranking: Ranking
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    ranking = try Ranking(options, isSymmetric: true)
    parts = try BatchParts(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    ranking.parameters(parts.parameters)
  }
}

/// What the four have in common.
protocol RankingLoss: Loss {
  var ranking: Ranking { get }
}

extension RankingLoss {
  package var needs: LossNeeds { .ranking }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { RankingPass.loss(ranking, of: columns) }
}

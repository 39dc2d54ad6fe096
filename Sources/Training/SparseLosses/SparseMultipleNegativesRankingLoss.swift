package import ModelFiles

/// Each query with its document against all other documents of the batch, by their product.
package struct SparseMultipleNegativesRankingLoss: SparseLoss, RankingLoss {
  package static let name = "SparseMultipleNegativesRankingLoss"
  package static let shortNames = MultipleNegativesRankingLoss.shortNames
  let ranking: Ranking

  package init(_ options: JSON, _ context: LossContext) throws {
    ranking = try Ranking(options, isSymmetric: false, scale: 1, similarity: .dot)
  }

  package var parameters: [(name: String, value: JSONValue)] { ranking.parameters() }
}

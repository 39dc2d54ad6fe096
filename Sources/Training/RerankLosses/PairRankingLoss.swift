package import ModelFiles
import Tensors

/// A query's positive against its own negatives and some documents of other rows (van den Oord et
/// al., 2018): −log of the softmax of scaled scores at the positive, the mean over the rows.
package struct PairRankingLoss: InBatchPairLoss {
  package static let name = "MultipleNegativesRankingLoss"
  package static let shortNames = ["mnrl", "mnr", "InfoNCE"]
  let candidates: PairCandidates

  package init(_ options: JSON, _ context: LossContext) throws {
    candidates = try PairCandidates(options, context, of: Self.name)
  }

  package var parameters: [(name: String, value: JSONValue)] { candidates.parameters }
}

/// The same. That many pairs fit is for whoever scores them to see to.
package struct CachedPairRankingLoss: InBatchPairLoss {
  package static let name = "CachedMultipleNegativesRankingLoss"
  package static let shortNames = ["cmnrl"]
  let candidates: PairCandidates
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    candidates = try PairCandidates(options, context, of: Self.name)
    parts = try BatchParts(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    candidates.parameters + parts.parameters
  }
}

/// What the two have in common.
protocol InBatchPairLoss: PairLoss {
  var candidates: PairCandidates { get }
}

extension InBatchPairLoss {
  package var needs: LossNeeds { .ranking }

  package func draws(_ counts: [Int]) -> Int { candidates.draws(counts) }
  package func documents(_ counts: [Int], drawn: [Double]) -> [[RowDocument]] {
    candidates.documents(counts, drawn: drawn)
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { candidates.loss(columns) }
}

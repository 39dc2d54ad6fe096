package import ModelFiles
import Tensors

/// MultipleNegativesRankingLoss without the texts that a guide finds to fit an anchor as well as
/// its positive (Solatorio, 2024).
package struct GISTEmbedLoss: GuidedLoss {
  package static let name = "GISTEmbedLoss"
  package static let shortNames = ["gist"]
  static let mostColumns = 3
  let guidance: Guidance

  package init(_ options: JSON, _ context: LossContext) throws {
    guidance = try Guidance(options, Self.name)
  }

  package var parameters: [(name: String, value: JSONValue)] { guidance.parameters() }
}

/// The same, with any number of negatives. That large batches fit is for whoever makes the vectors
/// to see to.
package struct CachedGISTEmbedLoss: GuidedLoss {
  package static let name = "CachedGISTEmbedLoss"
  package static let shortNames = ["cachedgist"]
  static let mostColumns = Ranking.mostColumns
  let guidance: Guidance
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    guidance = try Guidance(options, Self.name)
    parts = try BatchParts(options)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    guidance.parameters(parts.parameters)
  }
}

/// What both have in common.
protocol GuidedLoss: Loss {
  static var mostColumns: Int { get }
  var guidance: Guidance { get }
}

extension GuidedLoss {
  package var needs: LossNeeds {
    LossNeeds(
      columns: 2...Self.mostColumns, labels: .none, comparesRows: true, usesOtherRows: true,
      guide: guidance.guide)
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue { GuidedPass.loss(guidance, of: columns, guide: labels.guidance) }
}

import Glibc
package import ModelFiles
package import Tensors

/// Of two copies of a model, what one makes of a text should be nearest to what the other makes of
/// the same, among all texts of the batch, both ways (Carlsson et al., 2021). How much nearer is
/// learned.
package struct ContrastiveTensionLossInBatchNegatives: Loss {
  package static let name = "ContrastiveTensionLossInBatchNegatives"
  private static let scaleName = "logit_scale"
  private let scale: Double
  private let similarity: Ranking.Similarity

  package init(_ options: JSON, _ context: LossContext) throws {
    scale = try options.number("scale", default: 20, above: 0)
    similarity = try options.name("similarity_fct", default: .cosine)
  }

  package var needs: LossNeeds {
    var needs = LossNeeds(
      columns: 1...1, labels: .none, comparesRows: true, usesOtherRows: true)
    needs.views = [ColumnView(column: 0, isTwin: true), ColumnView(column: 0)]
    return needs
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("scale", .double(scale)), ("similarity_fct", .string(similarity.rawValue))]
  }

  package var weights: [(name: String, value: Tensor)] {
    [(Self.scaleName, Tensor([1], [Float(log(scale))]))]
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    guard let logarithm = weights[Self.scaleName]?.elements.first else {
      preconditionFailure("no \(Self.scaleName)")
    }
    let units = similarity == .cosine ? columns.map { UnitRows($0) } : []
    let sides = units.isEmpty ? columns : units.map(\.rows)
    var value = RankingPass.loss(Ranking(symmetric: exp(Double(logarithm)), .dot), of: sides)
    // s = exp(w) a·b, so dw = Σ ds s, and as da = Σ ds exp(w) b, that is Σ da·a.
    let slope = value.columns[0].rowProducts(with: sides[0]).reduce(0, +)
    value.weights = [Self.scaleName: Tensor([1], [Float(slope)])]
    if !units.isEmpty { value.columns = zip(units, value.columns).map { $0.derivative($1) } }
    return value
  }
}

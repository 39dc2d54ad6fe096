import Glibc
package import ModelFiles
package import Tensors

/// Two copies of a model, one for each side of a pair, should give vectors whose product is large
/// where both texts are the same, and small where they are not (Carlsson et al., 2021). The copy of
/// the second side is the result.
package struct ContrastiveTensionLoss: Loss {
  package static let name = "ContrastiveTensionLoss"

  package init(_ options: JSON, _ context: LossContext) throws {}

  package var needs: LossNeeds {
    var needs = LossNeeds(columns: 2...2, labels: .binary)
    needs.views = [ColumnView(column: 0, isTwin: true), ColumnView(column: 1)]
    needs.comparesTexts = true
    return needs
  }

  package var parameters: [(name: String, value: JSONValue)] { [] }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let products = PairScores(columns[0], columns[1], .dot)
    var value = 0.0
    // y = Σ log(1 + exp(x)) − l x, so dx = 1/(1 + exp(−x)) − l
    let slopes = zip(products.values, labels.scores).map { product, label in
      let label = Double(label)
      value += max(0, product) + log1p(exp(-product.magnitude)) - label * product
      return 1 / (1 + exp(-product)) - label
    }
    return LossValue(value: value, columns: products.derivatives(slopes))
  }
}

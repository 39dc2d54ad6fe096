package import ModelFiles
package import Tensors

/// The cosine of an anchor with its positive should be above one bound, and that with the nearest
/// of the batch's other positives below another (Wieting and Gimpel, 2018).
package struct MegaBatchMarginLoss: Loss {
  package static let name = "MegaBatchMarginLoss"
  package static let shortNames = ["megabatch"]
  // 4 MB of cosines.
  private static let scoresAtOnce = 1 << 20

  /// The bounds.
  private let (positive, negative): (Double, Double)
  private let parts: BatchParts

  package init(_ options: JSON, _ context: LossContext) throws {
    positive = try options.number("positive_margin", default: 0.8)
    negative = try options.number("negative_margin", default: 0.3)
    parts = try BatchParts(options, standard: 50)
    // Both ways come to the same.
    _ = try options.bool("use_mini_batched_version", default: true)
  }

  package var needs: LossNeeds {
    LossNeeds(columns: 2...2, labels: .none, comparesRows: true, usesOtherRows: true)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("positive_margin", .double(positive)), ("negative_margin", .double(negative))]
      + parts.parameters
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let units = columns.map { UnitRows($0) }
    let (anchors, positives) = (units[0].rows, units[1].rows)
    let count = anchors.rows
    let block = max(1, Self.scoresAtOnce / max(1, count))
    var value = 0.0
    var pairs: [Pair] = []
    for start in stride(from: 0, to: count, by: block) {
      let rows = start..<min(start + block, count)
      Tensor.product(anchors.rows(rows), positives, transposedRight: true).withFloats { scores in
        for row in rows {
          let first = (row - start) * count
          let own = positive - Double(scores[first + row])
          let nearest = (0..<count).filter { $0 != row }
            .max { scores[first + $0] < scores[first + $1] }
          let other = nearest.map { Double(scores[first + $0]) - negative } ?? -.infinity
          // No comparison finds what is no number.
          value += scores[first..<first + count].contains(where: \.isNaN) ? .nan : 0
          // y = Σ (max(0, m₁ − sᵢᵢ) + max(0, maxⱼ sᵢⱼ − m₂))/B; which j it is, is constant.
          if own > 0 { pairs.append(Pair(anchor: row, positive: row, sign: -1)) }
          if other > 0, let nearest {
            pairs.append(Pair(anchor: row, positive: nearest, sign: 1))
          }
          value += max(0, own) + max(0, other)
        }
      }
    }
    let slopes = pairs.slopes(anchors, positives, share: 1 / Double(count))
    return LossValue(
      value: value / Double(count), columns: zip(units, slopes).map { $0.derivative($1) })
  }
}

/// An anchor and a positive, and the sign of the slope by their cosine.
private struct Pair {
  let anchor: Int, positive: Int
  let sign: Double
}

extension [Pair] {
  /// The derivatives by both sides' rows of Σ sign · a·p over the pairs, times a share.
  fileprivate func slopes(_ anchors: Tensor, _ positives: Tensor, share: Double) -> [Tensor] {
    let width = anchors.columns
    func sum(_ other: Tensor, _ rows: (Pair) -> (own: Int, other: Int)) -> Tensor {
      Tensor(other.shape) { out in
        out.update(repeating: 0)
        other.withFloats { numbers in
          for pair in self {
            let (own, other) = rows(pair)
            for index in 0..<width {
              out[own * width + index] += Float(share * pair.sign) * numbers[other * width + index]
            }
          }
        }
      }
    }
    return [
      sum(positives) { ($0.anchor, $0.positive) }, sum(anchors) { ($0.positive, $0.anchor) },
    ]
  }
}

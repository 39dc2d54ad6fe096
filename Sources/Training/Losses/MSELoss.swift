package import ModelFiles
package import Tensors

/// The mean squared difference from vectors that a teacher gave (Reimers and Gurevych, 2020).
package struct MSELoss: Loss {
  package static let name = "MSELoss"

  package init(_ options: JSON, _ context: LossContext) throws {
    guard let projection = try options.present("projection_dim") else { return }
    throw FileError(
      "\(projection.place) is not supported: vectors should be as long as the teacher's; a model "
        + "gets another width by a Dense module, and a teacher by `embed reduce`")
  }

  package var needs: LossNeeds {
    LossNeeds(columns: 1...Ranking.mostColumns, labels: .vectors)
  }

  package var parameters: [(name: String, value: JSONValue)] { [("projection_dim", .null)] }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    let targets = labels.vectors
    var value = 0.0
    // y = Σ (u − t)²/n over all numbers of all columns, so du = 2 (u − t)/n
    let slopes = columns.indices.map { column in
      let (own, target) = (columns[column], targets[targets.count == 1 ? 0 : column])
      precondition(own.shape == target.shape, "\(own.shape) beside \(target.shape)")
      let share = 1 / (Double(own.count) * Double(columns.count))
      return Tensor(own.shape) { out in
        own.withFloats { own in
          target.withFloats { target in
            for index in out.indices {
              let wrong = Double(own[index]) - Double(target[index])
              value += share * wrong * wrong
              out[index] = Float(2 * share * wrong)
            }
          }
        }
      }
    }
    return LossValue(value: value, columns: slopes)
  }
}

/// One set of rows, and what is to be learned of it.
package struct Objective: Sendable {
  package let set: TrainingSet
  package let loss: any Loss
  package let batchSize: Int
  package let sampler: BatchSampler
  /// What goes before the texts of each column.
  package let prompts: [String]

  package init(
    set: TrainingSet, loss: any Loss, batchSize: Int, sampler: BatchSampler, prompts: [String]
  ) {
    (self.set, self.loss, self.batchSize) = (set, loss, batchSize)
    (self.sampler, self.prompts) = (sampler, prompts)
  }
}

extension Objective {
  /// Whether its loss has weights of its own, or trains a copy of the model.
  package var hasOwnWeights: Bool { !loss.weights.isEmpty || loss.needs.hasTwin }
}

extension [Objective] {
  /// What goes before the names of the weights of a set's loss: `loss/`, or with the set's number where
  /// several losses have weights.
  package func weightPrefix(of set: Int) -> String {
    count(where: \.hasOwnWeights) > 1 ? "loss/\(set + 1)." : "loss/"
  }
}

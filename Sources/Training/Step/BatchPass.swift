import Embeddings
import Encoders
import Machine
import Tensors
import Tokenizers

/// One batch on its way there and back.
struct BatchPass {
  let step: TrainingStep
  let network: TrainableNetwork
  /// The copy of it that the loss trains too.
  let twin: TrainableNetwork?
  let boundary: Int
  let batch: RowBatch
  let loss: any Loss
  let columns: [[Encoding]]
  /// The number of its first text in the step, by which dropout is drawn.
  let firstText: Int
  let number: Int
  /// What its loss counts in the step's.
  let share: Float

  /// - Parameter sum: takes the derivatives by the model's tensors
  func callAsFunction(
    _ weights: [String: Tensor], _ sum: inout Gradients
  ) throws -> (loss: Double, own: [String: Gradient], parts: [(name: String, value: Double)]) {
    let views = loss.needs.views(columns: columns.count)
    let texts = BatchTexts(
      columns, promptTokens: step.readings[batch.set].promptTokens(columns: columns.count), views,
      merging: step.isRepeatable)
    let parts = MicroBatches(
      texts.encodings, promptTokens: texts.promptTokens, areTwins: texts.areTwins, step.division
    ).parts
    let plan = MemoryPlan(
      tokens: parts.reduce(0) { $0 + $1.tokens }, part: parts.map(\.tokens).max() ?? 0,
      texts: texts.encodings.count, free: Memory.bound - Memory.held, workers: step.workers,
      step.needs)
    // The vectors of all texts, the way back kept or not.
    let sharing = max(1, step.threads / min(step.workers, max(1, parts.count)))
    let vectors = try Parallel.map(parts.count, threads: step.workers) { index in
      if step.cancelled() { throw CancellationError() }
      return Parallel.sharing(sharing) {
        self.vectors(of: parts[index], texts.encodings, recomputes: false, isKept: plan == .whole)
      }
    }
    let value = lossValue(of: parts, vectors, texts, weights)
    let uses = texts.uses
    // As many at a time as are under way, so that no more derivatives are held.
    for start in stride(from: 0, to: parts.count, by: step.workers) {
      let round = start..<min(start + step.workers, parts.count)
      var found = try Parallel.map(round.count, threads: step.workers) { offset in
        if step.cancelled() { throw CancellationError() }
        let index = round.lowerBound + offset
        return Parallel.sharing(sharing) {
          let made =
            plan == .whole
            ? vectors[index]
            : self.vectors(
              of: parts[index], texts.encodings, recomputes: plan == .recomputed, isKept: true)
          return Gradients(
            of: made, seed: seed(parts[index].texts, uses, value.columns), above: boundary)
        }
      }
      try sum.add(&found, threads: step.threads)
    }
    let factor = share
    let own = value.weights.mapValues { Gradient.dense($0.scaled(by: factor)) }
    return (value.value, own, value.parts)
  }

  /// - Parameter isKept: whether there will be a way back
  private func vectors(
    of part: MicroBatches.Part, _ texts: [Encoding], recomputes: Bool, isKept: Bool
  ) -> Tensor {
    let pass = TrainingPass(
      dropout: step.dropout, seed: step.seed, step: number,
      texts: part.texts.map { firstText + $0 }, recomputes: recomputes)
    return Tensor.recording(isKept) {
      (part.isTwin ? twin ?? network : network).vectors(
        of: part.texts.map { texts[$0] }, promptLength: part.promptTokens, pass,
        layers: loss.layers)
    }
  }

  /// The loss of the batch, of the vectors in the columns' order.
  private func lossValue(
    of parts: [MicroBatches.Part], _ vectors: [Tensor], _ texts: BatchTexts,
    _ weights: [String: Tensor]
  ) -> LossValue {
    let order = parts.flatMap(\.texts)
    var places = [Int](repeating: 0, count: order.count)
    for (place, text) in order.enumerated() { places[text] = place }
    let all = Tensor.stacked(vectors.map(\.untracked))
    let columns = texts.places.map { column in all.rows(column.map { places[$0] }) }
    let objective = step.objectives[batch.set]
    let prefix = step.objectives.weightPrefix(of: batch.set)
    let own = weights.filter { $0.key.hasPrefix(prefix) }.map {
      (String($0.key.dropFirst(prefix.count)), $0.value)
    }
    var value = loss(
      columns, objective.set.labels(of: batch.rows), Dictionary(uniqueKeysWithValues: own))
    value.weights = Dictionary(
      uniqueKeysWithValues: value.weights.map { (prefix + $0.key, $0.value) })
    return value
  }

  /// The derivatives by the vectors of some texts, each the sum of what it is by in all columns.
  private func seed(_ part: [Int], _ uses: [[(column: Int, row: Int)]], _ columns: [Tensor])
    -> Tensor
  {
    let width = columns.first?.columns ?? 0
    return Tensor([part.count, width]) { out in
      out.update(repeating: 0)
      for (place, text) in part.enumerated() {
        for (column, row) in uses[text] {
          columns[column].withFloats { floats in
            for index in 0..<width { out[place * width + index] += floats[row * width + index] }
          }
        }
      }
    }.scaled(by: share)
  }
}

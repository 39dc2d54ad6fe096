package import Embeddings
import Encoders
import Machine
import ModelFiles
package import Tensors
package import Tokenizers

/// What a batch, or several of one step, came to.
package struct StepGradients: Sendable {
  package var loss: Double
  /// By the names of the model's tensors.
  package var model: [String: Gradient]
  /// By the names of the losses' own weights, `loss/classifier.weight`.
  package var own: [String: Gradient]
  package var samples: Int
  package var tokens: Int
  /// Texts that were cut to the limit.
  package var cut: Int
}

/// The loss of batches and its derivatives.
package struct TrainingStep: Sendable {
  private let model: TrainableModel
  private let objectives: [Objective]
  /// The way of each column's texts, by set.
  private let routes: [[Route]]
  private let threads: Int
  private let dropout: Float?
  /// Whether equal texts have equal vectors, so that one of them goes through the network for all:
  /// that saves work, and their derivatives cancel to the bit where they should.
  private let isRepeatable: Bool
  private let seed: UInt64
  let needs: MemoryPlan.Needs
  let division: MicroBatches.Division
  /// How many parts of a batch are under way at a time.
  let workers: Int
  /// Asked before each part; `true` ends in `CancellationError`.
  private let cancelled: @Sendable () -> Bool

  // Between MiniLM's 48 MB and the 340 MB of a network of BERT's size.
  private static let largeGradient = 128 << 20

  package init(
    _ model: TrainableModel, _ objectives: [Objective], _ options: TrainingOptions, threads: Int,
    gradientBytes: Int, batchTokens: Int? = nil,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.model, self.objectives, self.threads) = (model, objectives, threads)
    routes = try objectives.map { try $0.prompts.map { try model.start.route(prompt: $0) } }
    dropout = options.dropout.map(Float.init)
    isRepeatable = try model.isRepeatable(dropout: dropout)
    seed = UInt64(truncatingIfNeeded: options.seed)
    needs = MemoryPlan.Needs(
      bytesPerToken: try model.bytesPerToken, depth: try model.depth, gradientBytes: gradientBytes)
    let isLarge = gradientBytes >= Self.largeGradient
    division =
      batchTokens.map { .of(tokens: $0) } ?? (isLarge ? .forOperations : .forThreads)
    workers = isLarge ? 1 : threads
    self.cancelled = cancelled
  }

  /// The tokens of a batch's texts, column by column.
  package func encodings(_ batch: RowBatch) throws -> [[Encoding]] {
    let objective = objectives[batch.set]
    return try zip(objective.set.columns, routes[batch.set]).map { column, route in
      try model.start.encodings(of: batch.rows.map { column.texts[$0] }, by: route) { index in
        "\(objective.set.place(batch.rows[index])), \(column.name)"
      }
    }
  }

  /// The mean loss of some batches and its derivatives: each batch counts alike.
  /// - Parameters:
  ///   - encodings: of each batch
  ///   - parameters: the model's tensors, tracked where they are trained
  ///   - weights: the losses' own
  ///   - number: of the step, from which dropout is drawn
  package func callAsFunction(
    _ batches: [RowBatch], _ encodings: [[[Encoding]]], parameters: [String: Tensor],
    weights: [String: Tensor], number: Int
  ) throws -> StepGradients {
    let network = try model.network(parameters)
    let boundary = Gradients.boundary
    var sum = Gradients()
    var result = StepGradients(loss: 0, model: [:], own: [:], samples: 0, tokens: 0, cut: 0)
    var firstText = 0
    for (batch, columns) in zip(batches, encodings) {
      let pass = BatchPass(
        step: self, network: network, boundary: boundary, batch: batch, columns: columns,
        firstText: firstText, number: number, share: 1 / Float(batches.count))
      let found = try pass(weights, &sum)
      result.loss += found.loss / Double(batches.count)
      result.own.merge(found.own) { old, new in
        var sum = old
        sum.add(new)
        return sum
      }
      result.samples += batch.rows.count
      result.tokens += columns.reduce(0) { $0 + $1.reduce(0) { $0 + $1.ids.count } }
      result.cut += columns.reduce(0) { $0 + $1.count { $0.truncated } }
      firstText += columns.reduce(0) { $0 + $1.count }
    }
    let leaves = (consume sum).continued()
    for (name, leaf) in parameters where leaf.isTracked {
      result.model[name] = leaves[leaf].map { trained($0, name) }
    }
    return result
  }

  /// Takes away what a table's row of padding would learn.
  private func trained(_ gradient: Gradient, _ name: String) -> Gradient {
    guard let row = model.untrainedRows.first(where: { $0.isOf(name) })?.row,
      case .rows(let table) = gradient
    else { return gradient }
    return .rows(table.without(row))
  }

  /// One batch on its way there and back.
  private struct BatchPass {
    let step: TrainingStep
    let network: TrainableNetwork
    let boundary: Int
    let batch: RowBatch
    let columns: [[Encoding]]
    /// The number of its first text in the step, by which dropout is drawn.
    let firstText: Int
    let number: Int
    /// What its loss counts in the step's.
    let share: Float

    /// - Parameter sum: takes the derivatives by the model's tensors
    func callAsFunction(
      _ weights: [String: Tensor], _ sum: inout Gradients
    ) throws -> (loss: Double, own: [String: Gradient]) {
      let texts = BatchTexts(
        columns, promptTokens: step.routes[batch.set].map(\.promptTokens),
        merging: step.isRepeatable)
      let parts = MicroBatches(
        texts.encodings, promptTokens: texts.promptTokens, step.division
      ).parts
      let plan = MemoryPlan(
        tokens: parts.reduce(0) { $0 + $1.tokens }, part: parts.map(\.tokens).max() ?? 0,
        free: Memory.bound - Memory.held, workers: step.workers, step.needs)
      // The vectors of all texts, the way back kept or not.
      let sharing = max(1, step.threads / min(step.workers, max(1, parts.count)))
      let vectors = try Parallel.map(parts.count, threads: step.workers) { index in
        if step.cancelled() { throw CancellationError() }
        return Parallel.sharing(sharing) {
          self.vectors(of: parts[index], texts.encodings, recomputes: false, isKept: plan == .whole)
        }
      }
      let value = loss(of: parts, vectors, texts, weights)
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
      return (value.value, own)
    }

    /// - Parameter isKept: whether there will be a way back
    private func vectors(
      of part: MicroBatches.Part, _ texts: [Encoding], recomputes: Bool, isKept: Bool
    ) -> Tensor {
      let pass = TrainingPass(
        dropout: step.dropout, seed: step.seed, step: number,
        texts: part.texts.map { firstText + $0 }, recomputes: recomputes)
      return Tensor.recording(isKept) {
        network.vectors(of: part.texts.map { texts[$0] }, promptLength: part.promptTokens, pass)
      }
    }

    /// The loss of the batch, of the vectors in the columns' order.
    private func loss(
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
      var value = objective.loss(
        columns, objective.set.labels(of: batch.rows), Dictionary(uniqueKeysWithValues: own))
      value.weights = Dictionary(
        uniqueKeysWithValues: value.weights.map { (prefix + $0.key, $0.value) })
      return value
    }

    /// The derivatives by the vectors of some texts, each the sum of what it is by in all columns.
    private func seed(_ part: [Int], _ uses: [[(column: Int, row: Int)]], _ columns: [Tensor])
      -> Tensor
    {
      let width = columns[0].columns
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
}

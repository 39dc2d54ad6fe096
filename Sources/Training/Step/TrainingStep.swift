package import Embeddings
package import Encoders
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
  /// What the loss is the sum of.
  package var parts: [(name: String, value: Double)] = []
}

extension StepGradients {
  /// Adds the parts of a batch's loss, each to that of its name.
  fileprivate mutating func add(_ others: [(name: String, value: Double)], share: Double) {
    for (name, value) in others {
      if let place = parts.firstIndex(where: { $0.name == name }) {
        parts[place].value += value * share
      } else {
        parts.append((name, value * share))
      }
    }
  }
}

/// The loss of batches and its derivatives.
package struct TrainingStep: Sendable {
  private let model: TrainableModel
  let objectives: [Objective]
  /// How texts of each set are read.
  let readings: [SetReading]
  let threads: Int
  let dropout: Float?
  /// Whether equal texts have equal vectors, so that one of them goes through the network for all:
  /// that saves work, and their derivatives cancel to the bit where they should.
  let isRepeatable: Bool
  let seed: UInt64
  /// Of the whole training.
  private let steps: Int
  let needs: MemoryPlan.Needs
  let division: MicroBatches.Division
  /// How many parts of a batch are under way at a time.
  let workers: Int
  /// Asked before each part; `true` ends in `CancellationError`.
  let cancelled: @Sendable () -> Bool

  // Between MiniLM's 48 MB and the 340 MB of a network of BERT's size.
  private static let largeGradient = 128 << 20
  // A step of more batches draws for some of them the same.
  private static let batchBits = 16

  /// - Parameter steps: of the whole training
  package init(
    _ model: TrainableModel, _ objectives: [Objective], _ options: TrainingOptions, steps: Int,
    threads: Int, gradientBytes: Int, batchTokens: Int? = nil,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.model, self.objectives, self.threads) = (model, objectives, threads)
    self.steps = steps
    readings = try objectives.map { try SetReading($0, model.start) }
    dropout = options.dropout.map(Float.init)
    isRepeatable = try model.isRepeatable(dropout: dropout)
    seed = UInt64(truncatingIfNeeded: options.seed)
    // A copy of the model has derivatives of its own.
    let gradientBytes = gradientBytes * (objectives.contains { $0.loss.needs.hasTwin } ? 2 : 1)
    needs = MemoryPlan.Needs(
      bytesPerToken: try model.bytesPerToken, bytesPerText: try model.bytesPerText,
      depth: try model.depth, gradientBytes: gradientBytes)
    let isLarge = gradientBytes >= Self.largeGradient
    division =
      batchTokens.map { .of(tokens: $0) } ?? (isLarge ? .forOperations : .forThreads)
    workers = isLarge ? 1 : threads
    self.cancelled = cancelled
  }

  /// The tokens of a batch's texts, column by column, or of its pairs, row by row.
  /// - Parameter drawn: the numbers that the loss of pairs draws for the batch
  package func encodings(_ batch: RowBatch, drawn: [Double] = []) throws -> [[Encoding]] {
    try readings[batch.set].encodings(
      batch.rows, objectives[batch.set].loss, drawn: drawn, model.start)
  }

  /// The mean loss of some batches and its derivatives: each batch counts alike.
  /// - Parameters:
  ///   - encodings: of each batch
  ///   - trained: what the network is made of
  ///   - leaves: its tensors that are trained, tracked, by the names that derivatives have
  ///   - weights: the losses' own
  ///   - number: of the step, from which dropout is drawn
  package func callAsFunction(
    _ batches: [RowBatch], _ encodings: [[[Encoding]]], _ trained: TrainedTensors,
    leaves: [String: Tensor], weights: [String: Tensor], number: Int
  ) throws -> StepGradients {
    // Weights that are packed or stacked are so on all threads.
    let network = try Parallel.sharing(threads) { try model.network(trained) }
    let twins = try objectives.indices.map { set -> Twin? in
      guard objectives[set].loss.needs.hasTwin, batches.contains(where: { $0.set == set }) else {
        return nil
      }
      return try Twin(model, weights, prefix: objectives.weightPrefix(of: set))
    }
    let boundary = Gradients.boundary
    var sum = Gradients()
    var result = StepGradients(loss: 0, model: [:], own: [:], samples: 0, tokens: 0, cut: 0)
    var firstText = 0
    for (place, (batch, columns)) in zip(batches, encodings).enumerated() {
      let loss = objectives[batch.set].loss.scheduled(step: number, of: steps)
      let pass = BatchPass(
        step: self, network: network, twin: twins[batch.set]?.network, boundary: boundary,
        batch: batch, loss: loss.drawn(number << Self.batchBits | place), columns: columns,
        firstText: firstText, number: number, share: 1 / Float(batches.count))
      let found = try pass(weights, &sum)
      result.loss += found.loss / Double(batches.count)
      result.add(found.parts, share: 1 / Double(batches.count))
      result.own.merge(found.own) { old, new in
        var sum = old
        sum.add(new)
        return sum
      }
      result.samples += batch.rows.count
      result.tokens += columns.reduce(0) { $0 + $1.reduce(0) { $0 + $1.ids.count } }
      result.cut += columns.reduce(0) { $0 + $1.count { $0.truncated } }
      firstText += loss.needs.views(columns: columns.count).reduce(0) {
        $0 + columns[$1.column].count
      }
    }
    let found = (consume sum).continued()
    for (name, leaf) in leaves where leaf.isTracked {
      result.model[name] = found[leaf].map { learned($0, name) }
    }
    for twin in twins.compactMap({ $0 }) {
      for (name, leaf) in twin.leaves {
        result.own[twin.prefix + name] = found[leaf].map { learned($0, name) }
      }
    }
    return result
  }

  /// Takes away what a table's row of padding would learn.
  private func learned(_ gradient: Gradient, _ name: String) -> Gradient {
    guard let row = model.untrainedRows.first(where: { $0.isOf(name) })?.row,
      case .rows(let table) = gradient
    else { return gradient }
    return .rows(table.without(row))
  }
}

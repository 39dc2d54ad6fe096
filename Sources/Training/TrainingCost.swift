import Embeddings
import Machine
import Tensors
import Tokenizers

/// What a training will take, about, by a look at some of its rows.
package struct TrainingCost: Sendable {
  /// Floating-point operations of all steps.
  package let operations: Double
  /// The memory that the process will hold, in bytes.
  package let bytes: Int
  /// Whether every text that was looked at is longer than the limit.
  package let areAllCut: Bool
  /// The most tokens that are read of a text.
  package let limit: Int?
}

extension Trainer {
  // Rows of each set: their mean is known to some percent.
  private static let looked = 64

  package func cost() throws -> TrainingCost {
    var (operations, most, cut, texts, limit) = (0.0, 0, 0, 0, Int?.none)
    var mostTexts = 0
    for (number, objective) in objectives.enumerated() {
      let rows = objective.set.rows
      // How many pairs a row has may depend on the batch around it.
      let isPaired = objective.loss is any PairLoss
      let looked = isPaired ? min(Self.looked, objective.batchSize) : Self.looked
      let step = max(1, rows / looked)
      let picked = Array(stride(from: 0, to: rows, by: step).prefix(looked))
      let columns = try encodings(RowBatch(set: number, rows: picked))
      let views = objective.loss.needs.views(columns: columns.count)
      let encodings = views.flatMap { columns[$0.column] }
      let tokens = encodings.reduce(0) { $0 + $1.ids.count }
      cut += encodings.count { $0.truncated }
      texts += encodings.count
      let perRow = try encodings.reduce(0.0) { try $0 + model.operations(tokens: $1.ids.count) }
      operations += perRow * Double(rows) / Double(max(1, picked.count))
      most = max(most, tokens * objective.batchSize / max(1, picked.count))
      mostTexts = max(mostTexts, encodings.count * objective.batchSize / max(1, picked.count))
    }
    limit = try model.start.route(prompt: "").limit
    let all = objectives.reduce(0) { $0 + $1.set.rows }
    let epochs =
      Double(plan.steps) * Double(plan.batchesPerStep)
      / Double(max(1, plan.batchesPerEpoch))
    return TrainingCost(
      operations: all == 0 ? 0 : try operations * epochs * operationShare,
      bytes: try bytes(tokens: most, texts: mostTexts),
      areAllCut: texts > 0 && cut == texts, limit: limit)
  }

  /// Of a step's operations those that are made: nobody asks for derivatives by matrices of which
  /// nothing is trained.
  private var operationShare: Double {
    get throws {
      guard adapter != nil else { return 1 }
      let all = max(1, counts.all - counts.trained - (try model.wordTableCount))
      let share = Double(needs.gradientBytes / MemoryLayout<Float>.stride) / Double(all)
      return (2 + min(1, share)) / 3
    }
  }

  /// What the process holds now, the optimizer's moments of what is not sparse, and a step.
  private func bytes(tokens: Int, texts: Int) throws -> Int {
    let part = min(tokens, step.division.size(of: tokens))
    let (workers, free) = (step.workers, Memory.bound - Memory.held)
    let plan = MemoryPlan(
      tokens: tokens, part: part, texts: texts, free: free, workers: workers, needs)
    let made = MemoryPlan.bytes(tokens, part, workers, needs, plan)
    let trained =
      adapter == nil ? needs.gradientBytes : counts.trained * MemoryLayout<Float>.stride
    let held = Memory.held + 2 * trained + texts * needs.bytesPerText
    let (sum, overflow) = made.addingReportingOverflow(held)
    return overflow ? .max : min(sum, Memory.bound)
  }

  /// Operations a second that steps make, about.
  package func operationRate() throws -> Double {
    // Of what bare products make: measured on some machines, with all that is no product.
    let share = 0.6
    let shapes = [ProductShape(outputs: 768, inputs: 768)]
    return try MatmulRate(shapes, rows: 504).measure(threads: threads) * share
  }
}

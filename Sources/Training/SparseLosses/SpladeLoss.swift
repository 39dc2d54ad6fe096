package import Embeddings
package import ModelFiles
package import Tensors
package import Vectors

/// Another loss, and what makes vectors sparse: FLOPS of documents and of queries, whose weights rise
/// over the first third of the training (Formal et al., 2022).
package struct SpladeLoss: Loss {
  package static let name = "SpladeLoss"
  package static let shortNames = ["splade"]
  package static var kind: ModelKind { .sparse }

  /// What is added for some columns.
  private struct Regularizer: Sendable {
    let weight: Double
    let flops: FlopsLoss
  }

  private let inner: any Loss
  private let documents: Regularizer
  private let queries: Regularizer?
  /// Whether the first column is of documents, too.
  private let areAllDocuments: Bool
  /// What the weights are multiplied by.
  private var share = 1.0

  // As sentence-transformers trains where no loss is named.
  private static let (documentWeight, queryWeight) = (3e-5, 5e-5)

  package init(_ options: JSON, _ context: LossContext) throws {
    inner = try Losses.make(options.value("loss"), context)
    guard inner is any SparseLoss else {
      throw FileError(
        "\(options.name): \(Swift.type(of: inner).name) cannot be inside \(Self.name); losses that can "
          + "are \(Losses.inner.map { $0.name }.joined(separator: ", "))")
    }
    areAllDocuments = try options.bool("use_document_regularizer_only", default: false)
    let weight = try options.weight("document_regularizer_weight")
    documents = Regularizer(
      weight: weight ?? Self.documentWeight, flops: try options.flops("document", context))
    // Who says one weight alone wants no other.
    let other =
      try options.weight("query_regularizer_weight") ?? (weight == nil ? Self.queryWeight : nil)
    let flops = try options.flops("query", context)
    queries = areAllDocuments ? nil : other.map { Regularizer(weight: $0, flops: flops) }
  }

  package var needs: LossNeeds {
    var needs = inner.needs
    let least = areAllDocuments ? 1 : 2
    needs.columns = max(least, needs.columns.lowerBound)...max(least, needs.columns.upperBound)
    return needs
  }

  package var weights: [(name: String, value: Tensor)] { inner.weights }
  package var similarity: Similarity? { inner.similarity }

  package var parameters: [(name: String, value: JSONValue)] {
    var all: [(name: String, value: JSONValue)] = [
      ("loss", inner.parameter), ("document_regularizer_weight", .double(documents.weight)),
    ]
    if let queries { all.append(("query_regularizer_weight", .double(queries.weight))) }
    if let threshold = documents.flops.threshold {
      all.append(("document_regularizer_threshold", .plain(threshold)))
    }
    if let threshold = queries?.flops.threshold {
      all.append(("query_regularizer_threshold", .plain(threshold)))
    }
    return all + (areAllDocuments ? [("use_document_regularizer_only", true)] : [])
  }

  /// The parameters that are not those of the loss inside.
  package static let ownParameters: Set = [
    "loss", "document_regularizer_weight", "query_regularizer_weight", "document_regularizer",
    "query_regularizer", "document_regularizer_threshold", "query_regularizer_threshold",
    "use_document_regularizer_only",
  ]

  /// Weights rise with the square of the steps done until a third of all are, as
  /// SpladeRegularizerWeightSchedulerCallback has them where nothing else is said.
  package func scheduled(step: Int, of steps: Int) -> any Loss {
    var loss = self
    let rising = max(1, Int(Double(steps) * (1.0 / 3)))
    let part = min(1, Double(step - 1) / Double(rising))
    loss.share = part * part
    return loss
  }

  package func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue {
    var value = inner(columns, labels, weights)
    value.parts = [("base_loss", value.value)]
    add(documents, to: &value, "document_regularizer_loss", columns, areAllDocuments ? 0 : 1)
    if let queries {
      add(queries, to: &value, "query_regularizer_loss", Array(columns.prefix(1)), 0)
    }
    return value
  }

  /// - Parameter first: the column from which on it is of all
  private func add(
    _ regularizer: Regularizer, to value: inout LossValue, _ name: String, _ columns: [Tensor],
    _ first: Int
  ) {
    let weight = regularizer.weight * share
    let flops = regularizer.flops(Array(columns[first...]), .none, [:])
    value.value += weight * flops.value
    value.parts.append((name, weight * flops.value))
    for (offset, slopes) in flops.columns.enumerated() {
      value.columns[first + offset] =
        value.columns[first + offset].adding(slopes.scaled(by: Float(weight)))
    }
  }
}

extension JSON {
  /// A regularizer's weight; `nil` where none is said.
  fileprivate func weight(_ key: String) throws -> Double? {
    try present(key) == nil ? nil : number(key, default: 0, atLeast: 0)
  }

  /// The regularizer of a side: FLOPS, the only one that is known.
  fileprivate func flops(_ side: String, _ context: LossContext) throws -> FlopsLoss {
    let threshold = try present("\(side)_regularizer_threshold").map { try $0.double() }
    guard let value = try present("\(side)_regularizer") else {
      return FlopsLoss(threshold: threshold)
    }
    guard let flops = try Losses.make(value, context) as? FlopsLoss else {
      throw value.mismatch("`\(FlopsLoss.name)`, the only one that is known")
    }
    return flops
  }
}

import ModelFiles

/// Which rows come when, in all epochs.
package struct TrainingOrder: Sendable {
  /// One set as its rows are drawn.
  package struct Part: Sendable {
    package let set: TrainingSet
    package let batchSize: Int
    package let sampler: BatchSampler

    package init(set: TrainingSet, batchSize: Int, sampler: BatchSampler) {
      (self.set, self.batchSize, self.sampler) = (set, batchSize, sampler)
    }
  }

  private let sets: [any BatchOrder]
  private let options: TrainingOptions
  /// The batches of an epoch, from which the number of steps follows. Without duplicates it is an
  /// estimate: an epoch may have fewer, and what it has more is not used.
  package let estimatedLength: Int

  package init(_ objectives: [Objective], _ options: TrainingOptions) throws {
    try self.init(
      objectives.map { Part(set: $0.set, batchSize: $0.batchSize, sampler: $0.sampler) }, options)
  }

  package init(_ parts: [Part], _ options: TrainingOptions) throws {
    sets = try parts.map { try Self.order($0, dropLast: options.dropLast) }
    self.options = options
    let lengths = sets.map(\.estimatedLength)
    for (part, length) in zip(parts, lengths) where length == 0 {
      throw FileError(
        "\(part.set.name) has \(part.set.rows) rows, which make no batch of \(part.batchSize)"
          + (options.dropLast ? " as smaller ones are dropped (`drop_last`)" : "")
          + "; choose a smaller batch size")
    }
    estimatedLength =
      switch options.multiDatasetBatchSampler {
      case .roundRobin: (lengths.min() ?? 0) * lengths.count
      case .proportional: lengths.reduce(0, +)
      }
  }

  /// The batches of one epoch, the first being 0.
  package func epoch(_ epoch: Int) -> EpochOrder {
    let shuffle = Shuffle(seed: options.seed &+ epoch, isShuffled: options.shuffle)
    return EpochOrder(sets, options.multiDatasetBatchSampler, shuffle)
  }

  private static func order(_ part: Part, dropLast: Bool) throws -> any BatchOrder {
    let (set, batchSize) = (part.set, part.batchSize)
    guard batchSize > 0 else {
      throw FileError("the batch size of \(set.name) is \(batchSize), should be at least 1")
    }
    return switch part.sampler {
    case .batchSampler: PlainOrder(rows: set.rows, batchSize: batchSize, dropLast: dropLast)
    case .noDuplicates:
      DistinctOrder(
        SharedTexts(set.columns.map(\.texts)), batchSize: batchSize, dropLast: dropLast)
    case .groupByLabel:
      try LabelOrder(
        labels(of: set), batchSize: batchSize, dropLast: dropLast, name: set.name)
    }
  }

  private static func labels(of set: TrainingSet) throws -> [Int] {
    switch set.labels {
    case .classes(let classes, _): return classes.map(Int.init)
    case .scores(let scores): return scores.map { Int($0.bitPattern) }
    case .none, .vectors, .teacherScores, .lists:
      throw FileError(
        "\(set.name) has no classes, which `group_by_label` needs; choose `batch_sampler`")
    }
  }
}

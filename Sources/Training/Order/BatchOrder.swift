/// How one set's rows are divided into batches, in one epoch.
///
/// A value that gave nothing yet stands for the set; each epoch begins with a copy of it. What an
/// order draws, it draws when it is first asked for a batch: sets that share a generator get other
/// rows if they are asked in another order.
protocol BatchOrder: Sendable {
  /// How many batches the reference says there are, from which the number of steps follows; an
  /// estimate where texts that are there twice decide.
  var estimatedLength: Int { get }
  /// The rows of the next batch.
  mutating func next(_ shuffle: inout Shuffle) -> [Int]?
}

/// `batch_sampler`: all rows once.
struct PlainOrder: BatchOrder {
  let rows: Int
  let batchSize: Int
  let dropLast: Bool
  private var order: [Int]?
  private var position = 0
  private var isOver = false

  init(rows: Int, batchSize: Int, dropLast: Bool) {
    (self.rows, self.batchSize, self.dropLast) = (rows, batchSize, dropLast)
  }

  var estimatedLength: Int { Self.batches(rows, batchSize, dropLast: dropLast) }

  static func batches(_ rows: Int, _ batchSize: Int, dropLast: Bool) -> Int {
    rows / batchSize + (dropLast || rows % batchSize == 0 ? 0 : 1)
  }

  mutating func next(_ shuffle: inout Shuffle) -> [Int]? {
    guard !isOver, rows > 0 else { return nil }
    let order = self.order ?? shuffle.permutation(rows)
    self.order = order
    let first = position
    position = min(first + batchSize, rows)
    if position - first < batchSize {
      isOver = true
      // Where torch's RandomSampler comes to its end, it draws an order more, of which it takes
      // none.
      _ = shuffle.permutation(rows)
      guard !dropLast, position > first else { return nil }
    }
    return Array(order[first..<position])
  }
}

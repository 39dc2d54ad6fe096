import CKernels
import Glibc
import Tensors

/// A table of which a step touches few rows, with state for those that occurred: the same numbers
/// as if all rows were stepped at each step, to the bit for rows that occurred lately.
///
/// A row with a derivative is *awake*: steps in which it has none are made up for, one by one, when
/// it is needed. After `patience` of those its first moment counts as 0, and the row *sleeps*, as
/// rows do that never occurred: it only shrinks by weight decay, so what it is now follows from
/// what it was when it fell asleep by one multiplication. Reading it then changes nothing.
final class SparseTable {
  /// What is known of a row that occurred.
  struct Row: Equatable {
    let id: Int32
    /// The step after which the row was what is in the table.
    var updated: Int
    /// The step in which it was touched last.
    var touched: Int
    /// The sum of the decay's logarithms up to `updated`.
    var decay: Double
  }

  let tensor: Parameters.Trained
  let settings: AdamW.Settings
  /// V and H.
  let rows: Int
  let columns: Int
  /// After so many steps without a derivative what is left of a first moment moves nothing.
  let patience: Int
  /// t, as of a dense tensor.
  var steps = 0
  /// Σ log(1 − rate · weight decay) over all steps.
  var decay = 0.0
  var known: [Row] = []
  /// The place in `known` of each of V rows; −1 for none.
  var places: [Int32]
  var moments: RowMoments
  /// The steps since `firstPast`, without derivatives, and the sum of logarithms after each.
  private var past: [(step: ck_adamw, decay: Double)] = []
  private var firstPast = 0

  init(_ tensor: Parameters.Trained, _ settings: AdamW.Settings) {
    (self.tensor, self.settings) = (tensor, settings)
    columns = max(1, tensor.shape.last ?? 1)
    rows = tensor.values.count / columns
    places = Array(repeating: -1, count: rows)
    moments = RowMoments(columns: columns)
    patience = Self.patience(settings)
  }

  /// An update is m/√v, which shrinks by β₁/√β₂ a step where there is no derivative: 2⁻⁴⁵ of it is
  /// less than rounding, even of what is 2²⁰ times as large.
  private static func patience(_ settings: AdamW.Settings) -> Int {
    let ratio = settings.beta1 / settings.beta2.squareRoot()
    guard ratio < 0.9999 else { return .max / 2 }
    return ratio > 0 ? Int(ceil(-45 * log(2) / log(ratio))) : 1
  }

  // All rows are brought up to date each so many steps, so that few past ones have to be kept.
  private static let period = 256

  /// One step with derivatives of some rows.
  func step(_ gradient: TableGradient, rate: Double, scale: Float, threads: Int) throws {
    precondition(gradient.tableRows == rows, "another table")
    try wake(gradient.ids, threads: threads)
    steps += 1
    let step = settings.step(steps, rate: rate, weightDecay: tensor.weightDecay, scale: scale)
    decay += log1p(-rate * tensor.weightDecay)
    past.append((step, decay))
    let touched = gradient.ids.map { Int(places[Int($0)]) }
    try forEach(touched, threads) { table, index in
      gradient.rows.withFloats { rows in
        table.step(step, rows.baseAddress.map { $0 + index * table.columns })
      }
    }
    for place in touched {
      known[place].updated = steps
      known[place].touched = steps
    }
    if past.count >= Self.period { try settle(threads: threads) }
  }

  /// Makes rows that sleep or never occurred awake, and brings all of them up to date.
  /// - Parameter ids: each once
  func wake(_ ids: [Int32], threads: Int) throws {
    for id in ids where places[Int(id)] < 0 {
      places[Int(id)] = Int32(known.count)
      // It falls asleep before the first step, and is woken below.
      known.append(Row(id: id, updated: 0, touched: -patience, decay: 0))
      moments.add()
    }
    let found = ids.map { Int(places[Int($0)]) }
    let late = found.filter { known[$0].updated < steps }
    try settle(late, threads: threads)
    let asleep = late.filter { known[$0].updated < steps }
    let factors = asleep.map { exp(decay - known[$0].decay) }
    let shrunk = asleep.map { pow(settings.beta2, Double(steps - known[$0].updated)) }
    try forEach(asleep, threads) { table, index in table.wake(factors[index], shrunk[index]) }
    for place in asleep { known[place].updated = steps }
    for place in found where known[place].touched < steps { known[place].touched = steps }
  }

  /// Makes up for past steps, so that these need not be kept.
  func settle(threads: Int) throws {
    try settle(known.indices.filter { known[$0].updated < steps }, threads: threads)
    beginHere()
  }

  /// Forgets the past steps, for which nothing is to be made up.
  func beginHere() { (past, firstPast) = ([], steps) }

  private func settle(_ places: [Int], threads: Int) throws {
    // Until it sleeps, or up to now.
    let ends = places.map { min(steps, max(known[$0].updated, known[$0].touched + patience)) }
    let starts = places.map { known[$0].updated }
    let (past, firstPast) = (past, firstPast)
    try forEach(places, threads) { table, index in
      for step in starts[index]..<ends[index] { table.step(past[step - firstPast].step, nil) }
    }
    for (place, end) in zip(places, ends) where known[place].updated < end {
      known[place].updated = end
      known[place].decay = past[end - 1 - firstPast].decay
    }
  }

  /// All rows as they are after the last step.
  /// - Shapes: → `[V, H]`
  func current(threads: Int) throws -> Tensor {
    try settle(threads: threads)
    let table = tensor.values.tensor(tensor.shape)
    guard decay != 0 else { return table }
    let copy = NumberBlock(table)
    // A row without a place fell asleep before the first step.
    let factors = places.map { place in
      place < 0
        ? exp(decay)
        : known[Int(place)].updated < steps ? exp(decay - known[Int(place)].decay) : 1
    }
    let columns = columns
    try Parallel.forEach(rows, threads: threads) { row in
      shrink(copy.floats + row * columns, columns, by: factors[row])
    }
    return copy.tensor(tensor.shape)
  }

  /// The same state as of a tensor whose rows occurred all.
  func dense(threads: Int) throws -> DenseMoments {
    try wake((0..<Int32(rows)).map { $0 }, threads: threads)
    let dense = DenseMoments(count: rows * columns)
    dense.steps = steps
    for (place, row) in known.enumerated() {
      (dense.first.floats + Int(row.id) * columns).update(
        from: moments.first(place), count: columns)
      (dense.second.floats + Int(row.id) * columns).update(
        from: moments.second(place), count: columns)
    }
    return dense
  }

  /// One row where it lies.
  struct RowNumbers {
    let values: UnsafeMutablePointer<Float>
    let first: UnsafeMutablePointer<Float>
    let second: UnsafeMutablePointer<Float>
    let columns: Int

    func step(_ step: ck_adamw, _ gradient: UnsafePointer<Float>?) {
      withUnsafePointer(to: step) { ck_adamw_step(values, first, second, gradient, $0, columns) }
    }

    func wake(_ decay: Double, _ shrunk: Double) {
      shrink(values, columns, by: decay)
      shrink(second, columns, by: shrunk)
      first.update(repeating: 0, count: columns)
    }
  }

  /// Calls `body` for each of some known rows, and the index of it among them, on some threads.
  private func forEach(
    _ places: [Int], _ threads: Int, _ body: @escaping @Sendable (RowNumbers, Int) -> Void
  ) throws {
    let (values, moments, columns) = (tensor.values, moments, columns)
    let ids = places.map { known[$0].id }
    // Some rows at a time: one is too little for what a turn costs.
    let size = 16
    try Parallel.forEach((places.count + size - 1) / size, threads: threads) { part in
      for index in part * size..<min(places.count, (part + 1) * size) {
        let row = RowNumbers(
          values: values.floats + Int(ids[index]) * columns, first: moments.first(places[index]),
          second: moments.second(places[index]), columns: columns)
        body(row, index)
      }
    }
  }
}

/// x ← factor · x, rounded once.
private func shrink(_ floats: UnsafeMutablePointer<Float>, _ count: Int, by factor: Double) {
  guard factor != 1 else { return }
  for index in 0..<count { floats[index] = Float(Double(floats[index]) * factor) }
}

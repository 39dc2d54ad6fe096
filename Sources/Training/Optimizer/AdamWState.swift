import ModelFiles
import Tensors

// What is in a state, for each tensor NAME that is trained:
//   value/NAME    the numbers that are worked on; a table's rows as they lie there, not as
//                 `current` gives them
// for those that had derivatives also
//   m/NAME, v/NAME    the moments: in the tensor's shape, or [n, H] of the n rows that occurred
//   steps/NAME    [t]; of a table [t, the bits of Σ log(1 − rate · decay)]
// and for a table, of each of the n rows,
//   rows/NAME     its number; updated/NAME, touched/NAME, decay/NAME: the members of
//                 SparseTable.Row, the last as bits
extension AdamW {
  /// All that is needed to go on with the same bits. Right until the next step, as it lends memory.
  package func state() throws -> TrainingState {
    var state = TrainingState()
    for (tensor, moments) in zip(parameters.trained, moments) {
      let name = tensor.name
      state.floats.append(("value/\(name)", tensor.values.tensor(tensor.shape)))
      switch moments {
      case .dense(let dense):
        state.floats.append(("m/\(name)", dense.first.tensor(tensor.shape)))
        state.floats.append(("v/\(name)", dense.second.tensor(tensor.shape)))
        state.integers.append(("steps/\(name)", [Int64(dense.steps)]))
      case .sparse(let table): try table.append(to: &state)
      case nil: break
      }
    }
    return state
  }

  /// Takes a run up where `state` was asked for.
  package func restore(_ state: TrainingState) throws {
    var reader = StateReader(state)
    for (index, tensor) in parameters.trained.enumerated() {
      let name = tensor.name
      tensor.values.fill(try reader.tensor("value/\(name)", tensor.shape))
      if reader.has("rows/\(name)") {
        moments[index] = .sparse(try SparseTable(tensor, settings, &reader))
      } else if reader.has("steps/\(name)") {
        let dense = DenseMoments(count: tensor.values.count)
        dense.first.fill(try reader.tensor("m/\(name)", tensor.shape))
        dense.second.fill(try reader.tensor("v/\(name)", tensor.shape))
        dense.steps = try reader.integers("steps/\(name)", count: 1, in: StateReader.steps)[0]
        moments[index] = .dense(dense)
      } else {
        moments[index] = nil
      }
    }
    try reader.checkAllWereRead()
  }
}

extension SparseTable {
  fileprivate func append(to state: inout TrainingState) throws {
    // Then no past steps have to be kept.
    try settle(threads: 1)
    let (name, columns, moments) = (tensor.name, columns, moments)
    for (kind, row) in [("m", moments.first), ("v", moments.second)] {
      let all = Tensor([known.count, columns]) { out in
        guard let out = out.baseAddress else { return }
        for place in known.indices {
          (out + place * columns).initialize(from: row(place), count: columns)
        }
      }
      state.floats.append(("\(kind)/\(name)", all))
    }
    state.integers += [
      ("steps/\(name)", [Int64(steps), Int64(bitPattern: decay.bitPattern)]),
      ("rows/\(name)", known.map { Int64($0.id) }),
      ("updated/\(name)", known.map { Int64($0.updated) }),
      ("touched/\(name)", known.map { Int64($0.touched) }),
      ("decay/\(name)", known.map { Int64(bitPattern: $0.decay.bitPattern) }),
    ]
  }

  fileprivate convenience init(
    _ tensor: Parameters.Trained, _ settings: AdamW.Settings, _ reader: inout StateReader
  ) throws {
    self.init(tensor, settings)
    let name = tensor.name
    let all = try reader.integers("steps/\(name)", count: 2)
    steps = try StateReader.check(all[0], "steps/\(name)", in: StateReader.steps)
    decay = try StateReader.logarithm(all[1], "steps/\(name)")
    let ids = try reader.integers("rows/\(name)", in: 0...max(0, rows - 1))
    let updated = try reader.integers("updated/\(name)", count: ids.count, in: 0...steps)
    let touched = try reader.integers("touched/\(name)", count: ids.count, in: 0...steps)
    let decays = try reader.integers("decay/\(name)", count: ids.count)
    for (place, id) in ids.enumerated() {
      // What is not up to date must be asleep, as no past steps are there to make up for.
      guard id < rows, places[id] < 0, touched[place] <= updated[place],
        updated[place] == steps || updated[place] == touched[place] + patience
      else { throw StateReader.problem("row \(id) of `\(name)` cannot be as it is there") }
      places[id] = Int32(place)
      known.append(
        Row(
          id: Int32(id), updated: updated[place], touched: touched[place],
          decay: try StateReader.logarithm(decays[place], "decay/\(name)")))
      moments.add()
    }
    beginHere()
    let (columns, moments) = (columns, moments)
    for (kind, row) in [("m", moments.first), ("v", moments.second)] {
      try reader.tensor("\(kind)/\(name)", [ids.count, columns]).withFloats { floats in
        guard let floats = floats.baseAddress else { return }
        for place in ids.indices {
          row(place).update(from: floats + place * columns, count: columns)
        }
      }
    }
  }
}

/// A state that is asked for what should be there; it may be a file that someone else wrote.
private struct StateReader {
  private var floats: [String: Tensor]
  private var integers: [String: [Int64]]

  /// More steps than these nobody lives to make.
  static let steps = 0...1 << 40

  init(_ state: TrainingState) {
    floats = Dictionary(state.floats.map { ($0.name, $0.values) }) { first, _ in first }
    integers = Dictionary(state.integers.map { ($0.name, $0.values) }) { first, _ in first }
  }

  static func problem(_ what: String) -> FileError {
    FileError("the state of the run does not fit the model and the options: \(what)")
  }

  func has(_ name: String) -> Bool { integers[name] != nil }

  mutating func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    guard let found = floats.removeValue(forKey: name) else {
      throw Self.problem("`\(name)` is missing")
    }
    guard found.shape == shape else {
      throw Self.problem("`\(name)` is \(found.shape), should be \(shape)")
    }
    return found
  }

  mutating func integers(_ name: String, count: Int? = nil) throws -> [Int64] {
    guard let found = integers.removeValue(forKey: name) else {
      throw Self.problem("`\(name)` is missing")
    }
    guard count == nil || found.count == count else {
      throw Self.problem("`\(name)` has \(found.count) numbers, should have \(count ?? 0)")
    }
    return found
  }

  mutating func integers(
    _ name: String, count: Int? = nil, in range: ClosedRange<Int>
  ) throws -> [Int] {
    try integers(name, count: count).map { try Self.check($0, name, in: range) }
  }

  static func check(_ number: Int64, _ name: String, in range: ClosedRange<Int>) throws -> Int {
    guard let number = Int(exactly: number), range.contains(number) else {
      throw problem("`\(name)` has \(number), should be in \(range)")
    }
    return number
  }

  /// A sum of logarithms of factors up to 1.
  static func logarithm(_ bits: Int64, _ name: String) throws -> Double {
    let sum = Double(bitPattern: UInt64(bitPattern: bits))
    guard sum.isFinite, sum <= 0 else { throw problem("`\(name)` has \(sum), should be below 0") }
    return sum
  }

  func checkAllWereRead() throws {
    if let name = (floats.keys.sorted() + integers.keys.sorted()).first {
      throw Self.problem("it has `\(name)`, which nothing here has use for")
    }
  }
}

import ModelFiles

/// What is drawn for one batch: by the run's seed and the batch's number alone, so that a run that
/// goes on draws what an unbroken one does. Python's own draws cannot be had: its generator is used
/// by whatever else runs.
struct Drawing {
  private var generator: WeightGenerator

  /// - Parameter draw: a number that no other batch of the run has
  init(_ seed: Int, _ draw: Int) {
    var generator = WeightGenerator(seed: seed)
    let first = generator.next()
    self.generator = WeightGenerator(seed: Int(first * 0x1p53) &+ draw &* 0x2545_F491_4F6C_DD1D)
  }

  /// Some of the numbers 0 ..< `count`, in the order in which they were drawn; all in theirs where
  /// there are no more.
  mutating func sample(_ wanted: Int, of count: Int) -> [Int] {
    guard wanted < count else { return Array(0..<count) }
    var rest = Array(0..<count)
    return (0..<wanted).map { _ in rest.remove(at: Int(generator.next() * Double(rest.count))) }
  }

  /// The same, the least first.
  func sorted(_ wanted: Int, of count: Int) -> [Int] {
    var copy = self
    return copy.sample(wanted, of: count).sorted()
  }
}

extension JSON {
  /// How many of some things a batch draws: -1 for all.
  func drawn(_ key: String, default fallback: Int) throws -> Int {
    guard let value = try present(key) else { return fallback }
    let count = try value.int()
    guard count == -1 || count > 0 else { throw value.mismatch("at least 1, or -1 for all") }
    return count
  }
}

extension Loss {
  /// As the parameter of another loss: its name and its own parameters.
  var parameter: JSONValue {
    let name = [("name", JSONValue.string(Swift.type(of: self).name))]
    return .object((name + parameters).map { ($0.0, $0.1) })
  }
}

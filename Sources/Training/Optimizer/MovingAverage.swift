import ModelFiles
import Tensors

/// The exponential moving average of the weights over a run's steps (Polyak and Juditsky, 1992), as
/// torch's `AveragedModel` makes it with `get_ema_multi_avg_fn`: after the first step these weights,
/// after each other a + (1 − decay) · (w − a).
final class MovingAverage {
  private let decay: Double
  private let tensors: [(tensor: Parameters.Trained, values: NumberBlock)]
  private var steps = 0

  /// - Parameter decay: what an average keeps of itself in a step, from 0 up to, but not including, 1
  init(of parameters: Parameters, decay: Double) {
    self.decay = decay
    tensors = parameters.trained.filter { !$0.isOwn }.map { tensor in
      (tensor, NumberBlock(count: tensor.values.count))
    }
  }

  // 256 kB of both operands: more than threads cost, less than a cache.
  private static let share = 1 << 16

  /// Takes the weights of one more step in, all rows of tables up to date.
  func add(threads: Int) throws {
    let weight = steps == 0 ? 1 : Float(1 - decay)
    steps += 1
    let parts = tensors.flatMap { tensor, values in
      stride(from: 0, to: values.count, by: Self.share).map { start in
        (tensor.values, values, start..<min(start + Self.share, values.count))
      }
    }
    try Parallel.forEach(parts.count, threads: threads) { index in
      let (new, average, range) = parts[index]
      // As torch has it: exact at both ends.
      if weight < 0.5 {
        for place in range {
          average.floats[place] += weight * (new.floats[place] - average.floats[place])
        }
      } else {
        for place in range {
          let difference = new.floats[place] - average.floats[place]
          average.floats[place] = new.floats[place] - difference * (1 - weight)
        }
      }
    }
  }

  /// The average by the names of the model's tensors, right until the next step; nothing before the
  /// first.
  var current: [String: Tensor] {
    guard steps > 0 else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: tensors.map { ($0.tensor.name, $0.values.tensor($0.tensor.shape)) })
  }
}

// In a state there are, for each tensor NAME that is trained, `average/NAME`, and `average` with the
// number of steps.
extension MovingAverage {
  private static let key = "average"

  private static func key(_ tensor: Parameters.Trained) -> String { "\(key)/\(tensor.name)" }

  /// Adds all that is needed to go on with the same bits.
  func append(to state: inout TrainingState) {
    state.integers.append((Self.key, [Int64(steps)]))
    for (tensor, values) in tensors {
      state.floats.append((Self.key(tensor), values.tensor(tensor.shape)))
    }
  }

  /// Takes an average up where it was appended, and its part out of the state.
  func restore(from state: inout TrainingState) throws {
    guard let place = state.integers.firstIndex(where: { $0.name == Self.key }),
      let count = state.integers.remove(at: place).values.first, count >= 0,
      let count = Int(exactly: count)
    else { throw FileError("the state of the run has no moving average to go on with") }
    steps = count
    for (tensor, values) in tensors {
      let name = Self.key(tensor)
      guard let place = state.floats.firstIndex(where: { $0.name == name }),
        state.floats[place].values.shape == tensor.shape
      else {
        throw FileError(
          "the state of the run does not fit the model: it has no `\(name)` of \(tensor.shape)")
      }
      values.fill(state.floats.remove(at: place).values)
    }
  }
}

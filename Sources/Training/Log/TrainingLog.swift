package import ModelFiles

/// What a run has logged: the steps and the evaluations, each in their order.
package struct TrainingLog: Sendable, Equatable {
  /// What one step came to.
  package struct Step: Sendable, Equatable {
    package let step: Int
    /// How often the rows have been gone through.
    package let epoch: Double
    /// Of the step's batches together, before the weights changed.
    package let loss: Double
    /// What the loss is the sum of, by sentence-transformers' names.
    package let parts: [Evaluation.Metric]
    package let learningRate: Double
    /// Before clipping.
    package let gradNorm: Double
    /// Rows, and tokens of all their texts, of this step.
    package let (samples, tokens): (Int, Int)
    /// That this step took.
    package let seconds: Double

    package init(
      step: Int, epoch: Double, loss: Double, parts: [Evaluation.Metric] = [],
      learningRate: Double, gradNorm: Double, samples: Int, tokens: Int, seconds: Double
    ) {
      (self.step, self.epoch, self.loss, self.parts) = (step, epoch, loss, parts)
      (self.learningRate, self.gradNorm) = (learningRate, gradNorm)
      (self.samples, self.tokens, self.seconds) = (samples, tokens, seconds)
    }
  }

  /// What evaluations after one step came to: 0 before the first.
  package struct Evaluation: Sendable, Equatable {
    package let step: Int
    package let results: [Result]

    package init(step: Int, results: [Result]) { (self.step, self.results) = (step, results) }

    /// The metrics of one set.
    package struct Result: Sendable, Equatable {
      package let name: String
      package let metrics: [Metric]

      package init(name: String, metrics: [Metric]) { (self.name, self.metrics) = (name, metrics) }
    }

    /// A number by sentence-transformers' name for it.
    package struct Metric: Sendable, Equatable {
      package let name: String
      package let value: Double

      package init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
    }
  }

  package private(set) var steps: [Step] = []
  package private(set) var evaluations: [Evaluation] = []

  package init() {}

  package mutating func append(_ step: Step) { steps.append(step) }
  package mutating func append(_ evaluation: Evaluation) { evaluations.append(evaluation) }
}

extension TrainingLog {
  package var samples: Int { steps.reduce(0) { $0 + $1.samples } }
  package var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// The loss at the beginning and at the end: the mean of a tenth of the steps, as that of one
  /// step depends on its batch; `nil` where there is none.
  package var losses: (first: Double, last: Double)? {
    let losses = steps.map(\.loss).filter(\.isFinite)
    guard !losses.isEmpty else { return nil }
    let count = max(1, losses.count / 10)
    let mean = { (part: ArraySlice<Double>) in part.reduce(0, +) / Double(count) }
    return (mean(losses.prefix(count)), mean(losses.suffix(count)))
  }

  /// A metric of a set after each evaluation that has it.
  package func values(of set: String, _ metric: String) -> [(step: Int, value: Double)] {
    evaluations.compactMap { evaluation in
      evaluation.results.first { $0.name == set }?.metrics.first { $0.name == metric }
        .map { (evaluation.step, $0.value) }
    }
  }
}

/// The mean of numbers as they come, the last ones counting most: what is older counts less by
/// a factor each time.
package struct Smoothing: Sendable {
  private let factor: Double
  private var (sum, weight) = (0.0, 0.0)

  /// - Parameter span: how many numbers count, about
  package init(span: Int) { factor = 1 - 1 / Double(max(1, span)) }

  /// `nil` before the first number.
  package var mean: Double? { weight > 0 ? sum / weight : nil }

  /// Takes one more; what is not finite is passed over.
  package mutating func append(_ value: Double) {
    guard value.isFinite else { return }
    sum = sum * factor + value
    weight = weight * factor + 1
  }
}

extension TrainingLog.Step {
  /// The line that a log has of it. Numbers read back the same, so a run that goes on from a log
  /// writes what an unbroken one does.
  package var json: JSONValue {
    let head: [(String, JSONValue)] = [
      ("step", .int(step)), ("epoch", .double(epoch)), ("loss", .double(loss)),
    ]
    let rest: [(String, JSONValue)] = [
      ("learning_rate", .double(learningRate)), ("grad_norm", .double(gradNorm)),
      ("samples", .int(samples)), ("tokens", .int(tokens)),
      ("seconds", .number(seconds, decimals: 4)),
    ]
    return .object(head + parts.map { ($0.name, .double($0.value)) } + rest)
  }

  /// - Parameter json: a line of a log; a number that was not finite is null there
  fileprivate init(_ json: JSON) throws {
    func number(_ key: String) throws -> Double { try json.double(key, default: .nan) }
    let parts = try json.members.map { (name: try $0.key.string(), value: $0.value) }
      .filter { $0.name.hasSuffix("_loss") }
    self.init(
      step: try json.count("step"), epoch: try number("epoch"), loss: try number("loss"),
      parts: try parts.map { .init($0.name, $0.value.isNull ? .nan : try $0.value.double()) },
      learningRate: try number("learning_rate"), gradNorm: try number("grad_norm"),
      samples: try json.count("samples"), tokens: try json.count("tokens"),
      seconds: try json.double("seconds", default: 0))
  }
}

extension TrainingLog.Evaluation {
  /// The line that a log has of it.
  package var json: JSONValue {
    let sets = results.map { result in
      (result.name, JSONValue.object(result.metrics.map { ($0.name, .double($0.value)) }))
    }
    return ["step": .int(step), "evaluation": .object(sets)]
  }

  /// - Parameter json: a line of a log
  fileprivate init(_ json: JSON) throws {
    let sets = try json.object("evaluation").members.map { name, metrics in
      Result(
        name: try name.string(),
        metrics: try metrics.object().members.map {
          Metric(try $0.key.string(), $0.value.isNull ? .nan : try $0.value.double())
        })
    }
    self.init(step: try json.count("step"), results: sets)
  }
}

extension TrainingLog {
  /// Reads the lines of a log up to a step. One that does not end, as a process that was killed
  /// leaves it, and all after that step are passed over.
  /// - Returns: the log, and the bytes of what was read
  package static func read(
    _ bytes: [UInt8], upTo last: Int, name: String
  ) throws -> (log: TrainingLog, length: Int) {
    var (log, length, number) = (TrainingLog(), 0, 0)
    while let end = bytes[length...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let json = try JSON(Array(bytes[length..<end]), name: "\(name), line \(number)").object()
      if try json.count("step") > last { break }
      if json["evaluation"] != nil {
        log.append(try Evaluation(json))
      } else {
        log.append(try Step(json))
      }
      length = end + 1
    }
    return (log, length)
  }
}

extension JSON {
  /// A number of steps, or how many there are of something in one: no sum of such overflows.
  fileprivate func count(_ key: String) throws -> Int {
    let value = try int(key)
    guard 0...1 << 32 ~= value else {
      throw FileError("\(name): `\(key)` is \(value), should be 0 to \(1 << 32)")
    }
    return value
  }
}

package import ModelFiles
import Tensors

/// What the bits of a run depend on beside its state, so that one that goes on with other data or
/// options can be refused by their name.
package struct RunFingerprint: Sendable, Equatable {
  /// Names of options and their values, as a user would type them.
  private var options: [String: String] = [:]
  /// What is too long to be shown, `what the rows say`, and its SHA-256.
  private var contents: [String: String] = [:]

  package init() {}

  /// Adds an option; without a value it is as if it had not been given.
  package mutating func add(_ option: String, _ value: String?) { options[option] = value }

  /// Adds what is too long to be shown.
  /// - Parameters:
  ///   - content: in words that fit before “is not what it was”
  package mutating func add(content: String, _ hash: String) { contents[content] = hash }

  package var json: JSONValue {
    func object(_ values: [String: String]) -> JSONValue {
      .object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
    return ["options": object(options), "contents": object(contents)]
  }

  package init(_ json: JSON) throws {
    func values(_ key: String) throws -> [String: String] {
      var values: [String: String] = [:]
      for (name, value) in try json.object(key).members {
        values[try name.string()] = try value.string()
      }
      return values
    }
    (options, contents) = try (values("options"), values("contents"))
  }

  /// What differs first between a run that began so and one that would go on as `now` says, in
  /// words; `nil` where nothing does.
  package func difference(from now: RunFingerprint) -> String? {
    let names = Set(options.keys).union(now.options.keys).sorted()
    if let name = names.first(where: { options[$0] != now.options[$0] }) {
      switch (options[name], now.options[name]) {
      case (let old?, let new?): return "\(name) was \(old), is \(new) now"
      case (let old?, nil): return "\(name) was \(old), is not given now"
      case (nil, let new): return "\(name) was not given, is \(new ?? "") now"
      }
    }
    return Set(contents.keys).union(now.contents.keys).sorted()
      .first { contents[$0] != now.contents[$0] }
      .map { name in
        switch (contents[name], now.contents[name]) {
        case (nil, _): "\(name) was not there"
        case (_, nil): "\(name) is not there now"
        default: "\(name) is not what it was"
        }
      }
  }
}

extension RunFingerprint {
  /// Adds all hyperparameters.
  package mutating func add(_ options: TrainingOptions) {
    let values: [(String, String?)] = [
      ("--epochs", "\(options.epochs)"), ("--max-steps", options.maxSteps.map { "\($0)" }),
      ("--gradient-accumulation-steps", "\(options.gradientAccumulationSteps)"),
      ("--learning-rate", "\(options.learningRate)"), ("--schedule", options.schedule.rawValue),
      ("--warmup-steps", options.warmupSteps > 0 ? "\(options.warmupSteps)" : nil),
      ("--warmup-ratio", options.warmupSteps > 0 ? nil : "\(options.warmupRatio)"),
      ("--weight-decay", "\(options.weightDecay)"), ("--max-grad-norm", "\(options.maxGradNorm)"),
      ("--adam-beta1", "\(options.adamBeta1)"), ("--adam-beta2", "\(options.adamBeta2)"),
      ("--adam-epsilon", "\(options.adamEpsilon)"),
      ("--dropout", options.dropout.map { "\($0)" }),
      ("--freeze", Self.listed(options.freeze)),
      ("--lora", options.lora?.description),
      ("--learning-rate-of", Self.listed(options.learningRateOf.map { "\($0.name)=\($0.rate)" })),
      ("--ema", options.ema.map { "\($0)" }),
      ("--seed", "\(options.seed)"), ("--no-shuffle", options.shuffle ? nil : "given"),
      ("--drop-last", options.dropLast ? "given" : nil),
      ("multi_dataset_batch_sampler", options.multiDatasetBatchSampler.rawValue),
    ]
    for (option, value) in values { add(option, value) }
  }

  private static func listed(_ values: [String]) -> String? {
    values.isEmpty ? nil : values.joined(separator: " ")
  }

  /// Adds the rows of all sets, and what is to be learned of them.
  package mutating func add(_ objectives: [Objective]) {
    for (number, objective) in objectives.enumerated() {
      let set = objective.set
      // Not the set's name: what came on standard input is in a file when the run goes on.
      let name = objectives.count == 1 ? "" : " of set \(number + 1)"
      let parameters = JSONValue.object(objective.loss.parameters.map { ($0.name, $0.value) })
      let loss = type(of: objective.loss).name
      add("--loss\(name)", "\(loss) \(String(decoding: parameters.bytes, as: UTF8.self))")
      add("--batch-size\(name)", "\(objective.batchSize)")
      add("--batch-sampler\(name)", objective.sampler.rawValue)
      let prompts = objective.prompts.map { JSONValue.string($0) }
      add("--prompts\(name)", String(decoding: JSONValue.array(prompts).bytes, as: UTF8.self))
      var hash = ContentHash()
      set.add(to: &hash)
      add(content: "what the rows\(name) say", hash.text())
      guard !objective.loss.weights.isEmpty else { continue }
      var weights = ContentHash()
      for (name, values) in objective.loss.weights {
        weights.add(name)
        values.withFloats { weights.add(UnsafeRawBufferPointer($0)) }
      }
      add(content: "what the weights of the loss\(name) begin with", weights.text())
    }
  }
}

extension TrainingSet {
  /// Adds all texts and labels.
  fileprivate func add(to hash: inout ContentHash) {
    for column in columns {
      hash.add(column.name)
      for text in column.texts { hash.add(text) }
    }
    switch labels {
    case .none: break
    case .scores(let scores): scores.withUnsafeBytes { hash.add($0) }
    case .classes(let classes, let names):
      classes.withUnsafeBytes { hash.add($0) }
      for name in names { hash.add(name) }
    case .vectors(let vectors):
      for vectors in vectors { vectors.withFloats { hash.add(UnsafeRawBufferPointer($0)) } }
    case .teacherScores(let scores):
      scores.withFloats { hash.add(UnsafeRawBufferPointer($0)) }
    case .lists(let lists):
      for scores in lists { scores.withUnsafeBytes { hash.add($0) } }
    }
    for vectors in guidance { vectors.withFloats { hash.add(UnsafeRawBufferPointer($0)) } }
  }
}

extension CardHyperparameter {
  /// The options of a run by the names, and as the words, of sentence-transformers.
  /// - Parameters:
  ///   - objectives: the sets; where they differ, an option has a value for each
  ///   - precision: that of products
  package static func all(
    _ options: TrainingOptions, _ objectives: [Objective], precision: String
  ) -> [CardHyperparameter] {
    func row(_ name: String, _ value: String, _ standard: String?) -> CardHyperparameter {
      CardHyperparameter(name: name, value: value, isDefault: value == standard)
    }
    func bool(_ value: Bool) -> String { value ? "True" : "False" }
    func each(_ value: (Objective) -> String) -> String {
      let values = objectives.map(value)
      return Set(values).count == 1 ? values[0] : "[\(values.joined(separator: ", "))]"
    }
    // What a run of steps or a count of steps leaves open counts for nothing.
    let ratio = options.warmupSteps > 0 ? 0 : options.warmupRatio
    let rates = options.learningRateOf.map { "\(quoted($0.name)): \($0.rate)" }
    return [
      row("per_device_train_batch_size", each { "\($0.batchSize)" }, "8"),
      row("num_train_epochs", "\(options.epochs)", "3.0"),
      row("max_steps", "\(options.maxSteps ?? -1)", "-1"),
      row("learning_rate", "\(options.learningRate)", "5e-05"),
      row("lr_scheduler_type", options.schedule.rawValue, "linear"),
      row("warmup_steps", "\(options.warmupSteps)", "0"), row("warmup_ratio", "\(ratio)", "0.0"),
      row("weight_decay", "\(options.weightDecay)", "0.0"),
      row("adam_beta1", "\(options.adamBeta1)", "0.9"),
      row("adam_beta2", "\(options.adamBeta2)", "0.999"),
      row("adam_epsilon", "\(options.adamEpsilon)", "1e-08"),
      row("max_grad_norm", "\(options.maxGradNorm)", "1.0"),
      row("gradient_accumulation_steps", "\(options.gradientAccumulationSteps)", "1"),
      row("seed", "\(options.seed)", "42"), row("shuffle", bool(options.shuffle), "True"),
      row("dataloader_drop_last", bool(options.dropLast), "False"),
      row("batch_sampler", each { $0.sampler.rawValue }, "batch_sampler"),
      row(
        "multi_dataset_batch_sampler", options.multiDatasetBatchSampler.rawValue, "proportional"),
      row("prompts", prompts(objectives), "None"),
      row("dropout", options.dropout.map { "\($0)" } ?? "None", "None"),
      row("freeze", options.freeze.isEmpty ? "None" : list(options.freeze), "None"),
      row("lora", options.lora?.description ?? "None", "None"),
      row("learning_rate_mapping", "{\(rates.joined(separator: ", "))}", "{}"),
      row("precision", precision, "f32"),
      row("ema", options.ema.map { "\($0)" } ?? "None", "None"),
    ]
  }

  private static func quoted(_ text: String) -> String { "'\(text)'" }

  private static func list(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ", "))]"
  }

  /// By column, of all sets.
  private static func prompts(_ objectives: [Objective]) -> String {
    var seen: Set<String> = []
    let prompts = objectives.flatMap { zip($0.set.columns.map(\.name), $0.prompts) }
      .filter { !$0.1.isEmpty && seen.insert($0.0).inserted }
    return prompts.isEmpty
      ? "None" : "{\(prompts.map { "\(quoted($0)): \(quoted($1))" }.joined(separator: ", "))}"
  }
}

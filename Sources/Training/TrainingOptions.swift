/// How a model is trained: the hyperparameters, by their names in recipes.
package struct TrainingOptions: Sendable, Equatable {
  /// Times that all rows are gone through; 0.5 is half of them.
  package var epochs = 1.0
  /// Steps in all, in the place of epochs; `nil` for as many as epochs make.
  package var maxSteps: Int?
  package var gradientAccumulationSteps = 1
  package var learningRate = 2e-5
  package var schedule = Schedule.Kind.linear
  /// Steps over which the rate rises from 0; 0 leaves it to `warmupRatio`.
  package var warmupSteps = 0
  /// The share of all steps over which the rate rises from 0.
  package var warmupRatio = 0.1
  package var weightDecay = 0.01
  /// The largest norm of all gradients of the model together; 0 for any.
  package var maxGradNorm = 1.0
  package var adamBeta1 = 0.9
  package var adamBeta2 = 0.999
  package var adamEpsilon = 1e-8
  /// In the place of config.json's rates; `nil` for those.
  package var dropout: Double?
  /// Beginnings of tensors' names, or `embeddings`, or `layers:0-5`.
  package var freeze: [String] = []
  /// Changes of low rank that are trained in the place of the model's tensors; `nil` for none.
  package var lora: LoRAOptions?
  /// Rates of tensors whose names begin so, the last that fits.
  package var learningRateOf: [NamedRate] = []
  /// What a moving average of the weights keeps of itself in a step: it is evaluated and written in
  /// their place; `nil` for none.
  package var ema: Double?
  package var seed = 42
  package var shuffle = true
  package var dropLast = false
  package var multiDatasetBatchSampler = MultiDatasetSampler.proportional

  package struct NamedRate: Sendable, Equatable {
    package let name: String
    package let rate: Double

    package init(name: String, rate: Double) { (self.name, self.rate) = (name, rate) }
  }

  package init() {}
}

/// How a batch is made of one set's rows.
package enum BatchSampler: String, Sendable, CaseIterable {
  case batchSampler = "batch_sampler"
  case noDuplicates = "no_duplicates"
  case groupByLabel = "group_by_label"
}

/// Whose turn it is among several sets.
package enum MultiDatasetSampler: String, Sendable, CaseIterable {
  case roundRobin = "round_robin"
  case proportional
}

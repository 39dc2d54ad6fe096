import ModelFiles
import Tensors
import Training

extension Recipe {
  /// What is wrong with a number, by the name of its option in recipes: `nil` where nothing is.
  var problem: (name: String, text: String)? {
    let t = training
    func atLeast(_ name: String, _ value: Double?, _ least: Double) -> (String, Bool, String) {
      (name, value.map { $0 >= least && $0.isFinite } ?? true, "at least \(decimal(least))")
    }
    func share(_ name: String, _ value: Double) -> (String, Bool, String) {
      (name, value >= 0 && value < 1, "at least 0 and less than 1")
    }
    // More of anything is a slip of the keyboard, and sums of such numbers stay numbers.
    func count(_ name: String, _ value: Int?, from least: Int = 1) -> (String, Bool, String) {
      let holds = value.map { (least...1_000_000_000).contains($0) } ?? true
      return (name, holds, "from \(least) to 1000000000")
    }
    let sizes = [batchSize] + datasets.map(\.batchSize)
    let rules: [(name: String, holds: Bool, expected: String)] = [
      ("epochs", t.epochs > 0 && t.epochs <= 1e6, "above 0 and at most 1000000"),
      count("max_steps", t.maxSteps),
      count("gradient_accumulation_steps", t.gradientAccumulationSteps),
      atLeast("learning_rate", learningRate, 0), count("warmup_steps", t.warmupSteps, from: 0),
      share("warmup_ratio", t.warmupRatio), atLeast("weight_decay", t.weightDecay, 0),
      atLeast("max_grad_norm", t.maxGradNorm, 0), share("adam_beta1", t.adamBeta1),
      share("adam_beta2", t.adamBeta2), atLeast("adam_epsilon", t.adamEpsilon, 0),
      share("dropout", t.dropout ?? 0), share("ema", t.ema ?? 0), count("max_length", maxLength),
      count("batch_tokens", batchTokens), count("eval_steps", evaluation.steps),
      count("early_stop", evaluation.earlyStop), count("save_steps", saveSteps),
      count("save_total_limit", saveTotalLimit),
      // torch takes 64 bits, of which 32 count.
      ("seed", t.seed >= 0 && t.seed < 1 << 62, "at least 0 and less than 2^62"),
    ]
    return (rules + namedRules + sizes.map { count("batch_size", $0) }).first { !$0.holds }
      .map { ($0.name, "should be \($0.expected)") }
  }

  /// Of values that are no single numbers.
  private var namedRules: [(name: String, holds: Bool, expected: String)] {
    [
      (
        "learning_rate_of", training.learningRateOf.allSatisfy { $0.rate >= 0 && $0.rate.isFinite },
        "0 or more"
      ),
      (
        "score_range",
        datasets.allSatisfy { $0.scoreRange.map { $0.least < $0.largest } ?? true },
        "two numbers, the smaller one first"
      ),
      (
        "matryoshka", datasets.allSatisfy { $0.loss.matryoshka.allSatisfy { $0 > 0 } },
        "numbers of at least 1"
      ),
      (
        "freeze", training.lora == nil || training.freeze.isEmpty,
        "left out beside lora, which changes no tensor of the model but by what it adds"
      ),
      (
        "lora", training.lora.map { 1...65536 ~= $0.rank && $0.alpha.magnitude <= 1e6 } ?? true,
        "of a rank r from 1 to 65536, and an alpha from -1000000 to 1000000"
      ),
      (
        "keep_layers", keepLayers.map(Self.rise) ?? true,
        "numbers of layers from 0 on, each larger than the one before"
      ),
      ("precision", precision != .int8, "f32, bf16x3 or bf16: int8 is too coarse to be trained in"),
    ]
  }

  /// Whether numbers begin with 0 or more, and each is larger than the one before.
  private static func rise(_ numbers: [Int]) -> Bool {
    guard let first = numbers.first, first >= 0 else { return false }
    return zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// What an option needs that is not there, by their names in recipes.
  var conflict: (name: String, needed: String)? {
    if evaluation.sources.isEmpty {
      if evaluation.earlyStop != nil { return ("early_stop", "evaluate") }
      if evaluation.metric != nil { return ("metric", "evaluate") }
      if evaluation.steps != nil { return ("eval_steps", "evaluate") }
    }
    if project != nil, teacher == nil { return ("project", "teacher") }
    return saveTotalLimit != nil && saveSteps == nil ? ("save_total_limit", "save_steps") : nil
  }

  /// Throws for what is wrong with it as a whole, before anything is read.
  func check() throws {
    if let problem { throw FileError("`\(problem.name)` \(problem.text)") }
    if let conflict {
      throw FileError(
        "`\(conflict.name)` needs `\(conflict.needed)`, in the recipe or as "
          + TrainOptions.option(conflict.needed))
    }
    try checkFiles()
  }

  /// Throws for a file that is not there.
  private func checkFiles() throws {
    let files = datasets.flatMap { $0.files + ($0.loss.weights.map { [$0] } ?? []) }
    for path in files + evaluation.files.map(\.path) where path != "-" {
      do {
        _ = try InputFile.check(path)
      } catch let error as FileError {
        throw FileError(file.map { "\($0): \(error.description)" } ?? error.description)
      }
    }
    guard evaluation.sources.count - evaluation.files.count < 2 else {
      throw FileError("one share of the rows can be held out, not two")
    }
    guard files.count(where: { $0 == "-" }) < 2 else {
      throw FileError("standard input can be read once; name it for one set alone")
    }
  }
}

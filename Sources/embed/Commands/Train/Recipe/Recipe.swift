import Embeddings
import ModelFiles
import Tensors
import Training

/// All that was said of a training: by a recipe, by the command line, by both. What nothing was
/// said of is `nil`, where what is best depends on the model or on the data.
struct Recipe: Sendable {
  /// A directory or a name.
  var model: String?
  var datasets: [DataSource] = []
  var training = TrainingOptions()
  /// `nil` for what suits the model.
  var learningRate: Double?
  var batchSize: Int?
  var batchSampler: BatchSampler?
  var prompts = TrainingPrompts()
  /// The model whose vectors are to be learned.
  var teacher: String?
  /// How the teacher's vectors and the model's come to have one length; `nil` where they have.
  var project: TeacherProjection?
  /// The layers of the model's network that training begins with; `nil` for all.
  var keepLayers: [Int]?
  var pooling: String?
  /// What the model is to be; `nil` for what it is.
  var kind: ModelKind?
  var maxLength: Int?
  var precision = Precision.f32
  /// The tokens of a micro-batch; `nil` for what memory allows.
  var batchTokens: Int?
  /// The most memory that may be taken; `nil` for the standard bound.
  var memory: Int?
  var evaluation = EvaluationPlan()
  /// Steps between checkpoints; `nil` for none.
  var saveSteps: Int?
  var saveTotalLimit: Int?

  /// The file it was read from; `nil` for the command line alone.
  var file: String?

  /// The hyperparameters of a model.
  /// - Parameter isStatic: whether it is a table of vectors, which learns at another rate
  func options(isStatic: Bool) -> TrainingOptions {
    var options = training
    options.learningRate = learningRate ?? Self.standardRate(isStatic: isStatic)
    return options
  }

  /// As sentence-transformers' examples train sentence models and static ones.
  private static func standardRate(isStatic: Bool) -> Double { isStatic ? 0.2 : 2e-5 }

  /// The rows of a batch where nothing says it.
  static func standardBatchSize(_ needs: LossNeeds, isStatic: Bool, isPaired: Bool = false) -> Int {
    // Of pairs each row has several.
    isStatic ? 2048 : needs.usesOtherRows && !isPaired ? 64 : 16
  }

  /// How batches are made for a loss where nothing says it.
  static func standardSampler(_ needs: LossNeeds) -> BatchSampler {
    needs.groupsByLabel ? .groupByLabel : needs.usesOtherRows ? .noDuplicates : .batchSampler
  }
}

/// What goes before texts while a model is trained.
struct TrainingPrompts: Sendable, Equatable {
  /// Before every text.
  var text: String?
  /// The name of the model's prompt that does.
  var name: String?
  /// By column, in the place of those.
  var columns: [String: String] = [:]
}

/// When and on what a model is evaluated while it is trained.
struct EvaluationPlan: Sendable {
  var sources: [Source] = []
  /// Steps between evaluations; `nil` for a tenth of all.
  var steps: Int?
  /// The metric that says which model is best; `nil` for the first evaluation's own.
  var metric: String?
  var keep = Keep.best
  /// Evaluations without a better one after which training ends.
  var earlyStop: Int?

  /// Those of the sources that are files.
  var files: [EvaluationFile] {
    sources.compactMap { if case .file(let file) = $0 { file } else { nil } }
  }

  /// The share of the rows that is held out.
  var share: Double? {
    sources.lazy.compactMap { if case .share(let share) = $0 { share } else { nil } }.first
  }

  enum Source: Sendable, Equatable {
    case file(EvaluationFile)
    /// This share of the rows to train on.
    case share(Double)
  }

  /// Which model is written.
  enum Keep: String, Sendable, CaseIterable { case best, last }
}

/// A file that a model is evaluated on.
struct EvaluationFile: Sendable, Equatable {
  var path: String
  var columns = ColumnRequest()
  var sum: String?
}

extension EvaluationPlan.Source {
  /// `5%`, or a file's path.
  init(_ text: String) throws {
    guard text.hasSuffix("%") else {
      self = .file(EvaluationFile(path: text))
      return
    }
    guard let percent = Double(decimal: Array(text.dropLast().utf8)), percent > 0, percent <= 50
    else {
      throw FileError("`\(text.prefix(40))` should be above 0 % and at most 50 %")
    }
    self = .share(percent / 100)
  }
}

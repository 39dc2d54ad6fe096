import ArgumentParser
import Embeddings
import ModelFiles

/// `embed average`: the mean of several models' weights.
struct Average: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average", abstract: "Write the mean of the weights of fine-tuned models.",
    discussion: """
      Averages the weights of models that were fine-tuned from the same start, in runs of other \
      seeds, rates or data: often better than each of them, and as fast as one (Wortsman et al., \
      2022). Writes the files of the first model with the means in the place of its weights, in \
      float32. sentence-transformers loads the result.

        embed average run-1 run-2 run-3 --output mean
        embed average my-model all-MiniLM-L6-v2 --weights 0.7,0.3 --output between
      """)

  @Argument(
    help: ArgumentHelp(
      "Average these models, two or more.", discussion: ModelFinder.explanation,
      valueName: "DIR|NAME"), completion: .directory)
  var models: [String]

  @OptionGroup var folder: NewModelOption

  @Option(
    help: ArgumentHelp(
      "What each model counts, between commas; divided by their sum (default: all alike).",
      valueName: "W,W"), transform: Self.numbers)
  var weights: [Double]?

  @OptionGroup var type: KindOption
  @OptionGroup var memory: MemoryOption

  private static func numbers(_ text: String) throws -> [Double] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double(decimal: Array($0.utf8))
    }
    guard numbers.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? false }) else {
      throw ValidationError("should be numbers of at least 0 between commas, such as 0.7,0.3")
    }
    return numbers.compactMap { $0 }
  }

  func validate() throws {
    guard models.count > 1 else {
      throw ValidationError("a mean is of two models or more; \(models.count) is given")
    }
    if let weights {
      guard weights.count == models.count else {
        throw ValidationError(
          "--weights has \(weights.count) numbers for \(models.count) models; give one for each")
      }
      guard weights.contains(where: { $0 > 0 }) else {
        throw ValidationError("--weights are all 0; at least one should be more")
      }
    }
  }

  func run() throws {
    let messages = Messages(isQuiet: false)
    let finder = ModelFinder()
    let read = try models.map { name in
      var options = EmbedderOptions()
      options.modelName = name
      options.kind = type.kind
      options.findingBase = ModelFinder.base(messages)
      return try TextModel(folder: finder.folder(of: name, messages), options: options)
    }
    let average = try ModelAverage(of: read, weights: weights)
    let new = try NewFolder(folder.output) { Interrupt.requested }
    let count = try average.write(to: new)
    try new.finish()
    let line = "\(folder.output)  the mean of \(read.count) models, \(count) numbers\n"
    try OutputFile.write(Array(line.utf8))
  }
}

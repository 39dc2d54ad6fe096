import ArgumentParser
import ModelFiles

/// `embed train`: a model that has learned from pairs, triplets, scores or classes.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fine-tune a model on pairs, triplets, scores or classes.",
    discussion: """
      Trains a model on the rows of FILE, as sentence-transformers does, and writes a model directory \
      that both load. What is learned follows from the columns, or from --loss: pairs of texts that \
      belong together, pairs with a score or a class, triplets, vectors. Says first what it will do. A \
      masked language model becomes a sparse one (SPLADE) with --type sparse.

        embed train -m all-MiniLM-L6-v2 pairs.csv --output my-model
        embed train nli.tsv --loss SoftmaxLoss --evaluate dev.csv --output nli-model
        embed train --recipe multitask.json --output my-model
        embed train --resume --output my-model
      """)

  @OptionGroup var options: TrainOptions

  func run() throws {
    let (output, messages) = (options.output, options.messages)
    var kept: String?
    if output.resume, output.recipe == nil, options.data.files.isEmpty, let path = output.output {
      kept = try TrainFolder.recipe(resuming: path)
    }
    let recipe = try options.recipe(kept: kept)
    try recipe.precision.check()
    guard !output.dryRun, let path = output.output else {
      _ = try TrainSetup(options, recipe, in: nil)
      return
    }
    guard
      let folder = try TrainFolder(
        path, resumes: output.resume, replaces: output.force, messages)
    else { return }
    var run = try TrainRun(TrainSetup(options, recipe, in: folder), folder)
    try run()
  }
}

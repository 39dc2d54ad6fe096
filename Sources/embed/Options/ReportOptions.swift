import ArgumentParser
import ModelFiles
import Vectors

/// How a result is printed.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print one JSON object.")
  var json = false

  /// Prints a result for people or as JSON.
  func write(_ text: @autoclosure () -> String, _ value: @autoclosure () -> JSONValue) throws {
    try OutputFile.write(json ? value().line : Array(text().utf8))
  }
}

/// How vectors are compared.
struct MetricOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare by cosine, dot, euclidean or manhattan, distances negated (default: the model's).",
      valueName: "METRIC"), transform: Similarity.named)
  var metric: Similarity?
}

/// Where a command writes the model that it makes.
struct NewModelOption: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the model to this new directory.", valueName: "DIR"),
    completion: .directory)
  var output: String
}

/// The options of commands that write a model with shorter vectors.
struct ReductionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Make vectors of N dimensions.", valueName: "N"))
  var dimensions: Int

  @OptionGroup var folder: NewModelOption

  var output: String { folder.output }

  @Flag(help: "Scale all dimensions to the same variance.")
  var whiten = false

  func validate() throws {
    if dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
  }
}

extension Similarity {
  /// The metric that a word of the command line means.
  static func named(_ name: String) throws -> Similarity {
    guard let metric = Similarity(rawValue: name) else {
      let known = Similarity.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("known are \(known)")
    }
    return metric
  }

  /// Refuses a threshold that no score reaches.
  func check(threshold: Float) throws {
    guard threshold.isFinite else { throw ValidationError("--threshold must be a number") }
    switch self {
    case .cosine where threshold > 1:
      throw ValidationError(
        "--threshold is \(threshold), should be at most 1; no cosine is above it")
    case .euclidean where threshold > 0, .manhattan where threshold > 0:
      throw ValidationError(
        "--threshold is \(threshold), should be at most 0; distances are negated: "
          + "\(-threshold) is for texts no further apart than \(threshold)")
    case .cosine, .dot, .euclidean, .manhattan: break
    }
  }
}

extension Double {
  /// A share as people write it.
  var percent: String { fixed(self * 100, 1) + " %" }
}

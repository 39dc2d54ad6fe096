import Tensors
import TestSupport
import Testing
import Training
import Vectors

@testable import embed

/// The files of a training, and what `embed train` makes of them before it trains.
struct Preparing {
  let folder: ScratchFolder

  init(_ files: [String: String] = [:]) throws {
    folder = try ScratchFolder()
    for (name, text) in files { try folder.write(name, text) }
  }

  /// What these options say. Words that name files in the folder are their paths.
  func recipe(_ words: [String]) throws -> Recipe {
    let names = Set(try folder.names)
    let words = words.map { names.contains($0) ? folder.file($0) : $0 }
    let command = try CommandWords.parsed(["train", "--output", "out", "--quiet"] + words)
    return try #require(command as? Train).options.recipe()
  }

  /// The rows, for a model of vectors of 4 numbers.
  func data(
    _ words: [String], isStatic: Bool = false, teacher: Teacher? = nil
  ) throws -> TrainingData {
    try TrainingData(
      try recipe(words),
      StartModel(name: "tiny", width: 4, isStatic: isStatic, prompt: { "\($0): " }),
      teacher: teacher, similarity: .cosine, messages: Messages(isQuiet: true))
  }

  /// The line that says what will be done, or the message of what is wrong, without the folder.
  func outcome(_ words: [String]) -> String {
    var line = ""
    let problem = thrown { line = try data(words).summary.line }
    return (line.isEmpty ? problem : line).replacing("\(folder.path)/", with: "")
  }
}

extension PreparedSet {
  /// The rows as a test writes them: texts with bars between them, then the label.
  var rows: [String] {
    (0..<set.rows).map { row in
      let texts = set.columns.map { String(decoding: $0.texts[row], as: UTF8.self) }
      let label =
        switch set.labels {
        case .none: ""
        case .scores(let scores): " \(scores[row])"
        case .classes(let classes, _): " \(classes[row])"
        case .vectors(let vectors): vectors.map { " \($0.rows([row]).elements)" }.joined()
        }
      return texts.joined(separator: "|") + label
    }
  }
}

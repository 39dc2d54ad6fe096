import ModelFiles
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

  /// What the command line makes of these words. Those that name files in the folder are their paths.
  func asked(_ words: [String]) throws -> Recipe {
    let command = try CommandWords.parsed(["train", "--output", "out", "--quiet"] + located(words))
    return try #require(command as? Train).options.recipe()
  }

  private func located(_ words: [String]) throws -> [String] {
    let names = Set(try folder.names)
    return words.map { names.contains($0) ? folder.file($0) : $0 }
  }

  /// A recipe, the file that `--recipe` names or one that says what these words do: to parse words
  /// takes half a second where the parser checks itself.
  func recipe(_ words: [String]) throws -> Recipe {
    var path = folder.file("words.json")
    if words.first == "--recipe" {
      path = folder.file(words[1])
    } else {
      try folder.write("words.json", Self.recipe(words))
    }
    let recipe = try RecipeReader.recipe(path)
    try recipe.check()
    return recipe
  }

  private static func recipe(_ words: [String]) -> String {
    var (files, evaluations, set, top) = ([String](), [String](), [String](), [String]())
    var (loss, parameters) = ([String](), [String]())
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), let value = rest.popFirst() else {
        files.append("\"\(word)\"")
        continue
      }
      let key = word.dropFirst(2).replacing("-", with: "_")
      let list = value.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
      switch key {
      case "columns": set.append("\"columns\":[\(list)]")
      case "label": set.append("\"label\":" + (value == "none" ? "null" : "\"\(value)\""))
      case "score_range": set.append("\"score_range\":[\(value)]")
      case "loss": loss = ["\"name\":\"\(value)\""]
      case "loss_options": parameters = [String(value.dropFirst().dropLast())]
      case "evaluate": evaluations.append("\"\(value)\"")
      case "freeze": top.append("\"freeze\":[\(list)]")
      case "matryoshka": top.append("\"matryoshka\":[\(value)]")
      case "prompts", "batch_size", "learning_rate", "dropout": top.append("\"\(key)\":\(value)")
      default: top.append("\"\(key)\":\"\(value)\"")
      }
    }
    if !loss.isEmpty || !parameters.isEmpty {
      set.append("\"loss\":{" + (loss + parameters).joined(separator: ",") + "}")
    }
    set.append("\"file\":[\(files.joined(separator: ","))]")
    if !evaluations.isEmpty { top.append("\"evaluate\":[\(evaluations.joined(separator: ","))]") }
    top.append("\"datasets\":[{\(set.joined(separator: ","))}]")
    return "{\(top.joined(separator: ","))}"
  }

  /// The rows, for a model of vectors of 4 numbers.
  func data(
    _ words: [String], isStatic: Bool = false, teacher: Teacher? = nil, guide: Guide? = nil
  ) throws -> TrainingData {
    try data(recipe(words), isStatic: isStatic, teacher: teacher, guide: guide)
  }

  func data(
    _ recipe: Recipe, isStatic: Bool = false, teacher: Teacher? = nil, guide: Guide? = nil
  ) throws -> TrainingData {
    try TrainingData(
      recipe,
      StartModel(
        name: "tiny", width: 4, isStatic: isStatic, layers: isStatic ? 0 : 2,
        prompt: { "\($0): " }),
      teacher: teacher,
      guide: { name, _ in
        guard let guide else { throw FileError("no model \(name)") }
        return guide
      }, similarity: .cosine, messages: Messages(isQuiet: true))
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
        case .teacherScores(let scores): " \(scores.rows([row]).elements)"
        case .lists(let lists): " \(lists[row])"
        }
      return texts.joined(separator: "|") + label
    }
  }
}

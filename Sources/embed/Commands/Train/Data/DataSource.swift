import ModelFiles
import Training

/// Where rows to train on come from, and what is to be learned of them, as far as it was said.
struct DataSource: Sendable {
  /// `-` for standard input.
  var files: [String] = []
  var format = TextFormat()
  /// Whether each file is a column, line by line.
  var isParallel = false
  var columns = ColumnRequest()
  var loss = LossChoice()
  var scoreRange: ScoreRange?
  var batchSize: Int?
  var batchSampler: BatchSampler?
  /// By column; those of the recipe come after.
  var prompts: [String: String] = [:]
  /// What the files' contents should be, by their SHA-256; empty where nothing says it.
  var sums: [String] = []

  /// What the set is called: the file's name without its folder.
  var name: String {
    let names = files.map { lastPart($0) }
    return names.count == 1 ? names[0] : "\(names.first ?? "") and \(names.count - 1) more"
  }
}

/// The last name of a path; `stdin` for `-`.
func lastPart(_ path: String) -> String {
  InputFile.name(path.split(separator: "/").last.map(String.init) ?? path)
}

/// A loss as it was asked for: a name, parameters by theirs, and others around it.
struct LossChoice: Sendable {
  /// `nil` where the columns say it.
  var name: String?
  var parameters: [(name: String, value: JSONValue)] = []
  /// A file of its own weights to start from.
  var weights: String?
  /// How many of a vector's first numbers should be enough, largest first; empty for all alone.
  var matryoshka: [Int] = []

  init(name: String? = nil) { self.name = name }

  /// Reads a recipe's: a name, or an object.
  init(_ json: JSON) throws {
    guard json.kind == .object else {
      name = try json.string()
      return
    }
    name = try json.present("name")?.string()
    weights = try json.present("weights")?.string()
    parameters = try Self.parameters(of: json)
  }

  /// The members of an object that are a loss' parameters.
  static func parameters(of json: JSON) throws -> [(name: String, value: JSONValue)] {
    try members(of: json).filter { $0.name != "name" && $0.name != "weights" }
  }

  /// The members of an object, of which those that may name a guide are read.
  private static func members(of json: JSON) throws -> [(name: String, value: JSONValue)] {
    try json.object().members.map { key, value in
      switch (try key.string(), value.kind) {
      case ("guide", .string): ("guide", .string(try value.string()))
      case ("loss", .object): ("loss", .object(try members(of: value).map { ($0.name, $0.value) }))
      case (let name, _): (name, JSONValue(value))
      }
    }
  }

  /// The same with other names in the place of the guide's, also of one of a loss inside.
  func withGuide(_ name: (String) throws -> String) rethrows -> LossChoice {
    var choice = self
    choice.parameters = try parameters.map { ($0.name, try Self.guided($0.name, $0.value, name)) }
    return choice
  }

  private static func guided(
    _ key: String, _ value: JSONValue, _ name: (String) throws -> String
  ) rethrows -> JSONValue {
    switch (key, value) {
    case ("guide", .string(let guide)): .string(try name(guide))
    case ("loss", .object(let fields)):
      .object(try fields.map { ($0.0, try guided($0.0, $0.1, name)) })
    default: value
    }
  }

  /// Puts parameters in the place of those of the same names.
  mutating func set(_ others: [(name: String, value: JSONValue)]) {
    let names = Set(others.map(\.name))
    parameters = parameters.filter { !names.contains($0.name) } + others
  }

  /// The value that a recipe has for it.
  /// - Parameters:
  ///   - standard: the name where none was asked for
  ///   - weights: how the file of weights is written
  func value(standard: String, weights: String? = nil) -> JSONValue {
    let inner = JSONValue.object(
      [("name", .string(name ?? standard))] + parameters.map { ($0.name, $0.value) }
        + (matryoshka.isEmpty ? Self.member(weights) : []))
    guard !matryoshka.isEmpty else { return inner }
    return .object(
      [
        ("name", "MatryoshkaLoss"), ("loss", inner),
        ("matryoshka_dims", .array(matryoshka.map { .int($0) })),
      ] + Self.member(weights))
  }

  private static func member(_ weights: String?) -> [(String, JSONValue)] {
    weights.map { [("weights", .string($0))] } ?? []
  }
}

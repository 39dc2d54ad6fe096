import ArgumentParser
import ModelFiles
import Training

// `r=16,alpha=32,modules=query+value`, and the same as an object in recipes.
extension LoRAOptions {
  private static let keys = ["r", "alpha", "modules", "rslora", "save", "from"]
  /// peft's names of what has another here.
  private static let otherNames = [
    "lora_alpha": "alpha", "target_modules": "modules", "use_rslora": "rslora", "rank": "r",
  ]
  /// Of peft what is not trained here.
  private static let untrained = [
    "alpha_pattern", "bias", "init_lora_weights", "layer_replication", "layers_pattern",
    "layers_to_transform", "lora_bias", "modules_to_save", "rank_pattern", "target_parameters",
    "trainable_token_indices", "use_dora",
  ]

  /// What `--lora` says.
  init(option text: String) throws {
    do {
      try self.init(
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
          let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
            throw FileError("should be names and values, such as r=16,alpha=32")
          }
          return LoRAMember(String(sides[0]), .text(String(sides[1])))
        })
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// What a recipe says.
  /// - Parameter located: a path from the recipe's folder
  init(recipe json: JSON, located: (String) -> String) throws {
    let members = try json.object().members.map { try LoRAMember(try $0.string(), $1) }
    do {
      try self.init(members)
    } catch let error as FileError {
      throw FileError("\(json.place): \(error)")
    }
    start = start.map(located)
  }

  private init(_ members: [LoRAMember]) throws {
    self.init()
    for (index, member) in members.enumerated() {
      guard !members[..<index].contains(where: { $0.key == member.key }) else {
        throw FileError("`\(member.key)` is said twice")
      }
      try set(member)
    }
    let own = ["r", "alpha", "modules", "rslora"]
    if start != nil, let said = members.first(where: { own.contains($0.key) }) {
      throw FileError("`\(said.key)` is as the adapter of `from` has it; leave one of them out")
    }
  }

  private mutating func set(_ member: LoRAMember) throws {
    let key = member.key
    switch key {
    case "r": rank = try member.count()
    case "alpha": alpha = try member.number()
    case "modules":
      let names = try member.words()
      modules = names == ["all-linear"] ? .allLinear : .named(names)
    case "rslora": isRankStabilized = try member.flag()
    case "save":
      guard try member.words() == ["adapter"] else {
        throw FileError("`save` should be `adapter`: the merged model is written anyway")
      }
      savesAdapter = true
    case "from": start = try member.word()
    case "dropout", "lora_dropout":
      guard try member.number() == 0 else {
        throw FileError(
          "a dropout of LoRA's own is not computed; leave `\(key)` out, --dropout is the network's")
      }
    case let key where Self.untrained.contains(key):
      throw FileError("peft's `\(key)` is not trained here; known are \(listed(Self.keys))")
    default:
      let near = Self.otherNames[key] ?? nearestName(to: key, among: Self.keys)
      throw FileError(
        "`\(key.prefix(40))` is not known; "
          + (near.map { "did you mean `\($0)`?" } ?? "known are \(listed(Self.keys))"))
    }
  }

  /// In a recipe.
  var recipeValue: JSONValue {
    let save: [(String, JSONValue)] = savesAdapter ? [("save", "adapter")] : []
    if let start { return .object([("from", .string(RecipeWriter.absolute(start)))] + save) }
    let modules: [(String, JSONValue)] =
      switch self.modules {
      case .usual: []
      case .allLinear: [("modules", "all-linear")]
      case .named(let names): [("modules", .array(names.map { .string($0) }))]
      }
    let rslora: [(String, JSONValue)] = isRankStabilized ? [("rslora", true)] : []
    return .object([("r", .int(rank)), ("alpha", .double(alpha))] + modules + rslora + save)
  }
}

/// A name and a value as a user writes them.
private struct LoRAMember {
  let key: String
  private let value: Value

  enum Value {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([String])
  }

  init(_ key: String, _ value: Value) { (self.key, self.value) = (key, value) }

  init(_ key: String, _ json: JSON) throws {
    self.key = key
    value =
      switch json.kind {
      case .number: .number(try json.double())
      case .string: .text(try json.string())
      case .array: .list(try json.elements.map { try $0.string() })
      default: .flag(try json.bool())
      }
  }

  private func problem(_ expected: String) -> FileError {
    FileError("`\(key.prefix(40))` should be \(expected)")
  }

  func number() throws -> Double {
    switch value {
    case .number(let number): return number
    case .text(let text):
      guard let number = Double(decimal: Array(text.utf8)) else { throw problem("a number") }
      return number
    case .flag, .list: throw problem("a number")
    }
  }

  func count() throws -> Int {
    guard let count = Int(exactly: try number()) else { throw problem("a whole number") }
    return count
  }

  func word() throws -> String {
    guard case .text(let text) = value else { throw problem("a word") }
    return text
  }

  /// Words with `+` between them, or a list.
  func words() throws -> [String] {
    let words =
      switch value {
      case .list(let words): words
      case .text(let text):
        text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
      case .flag, .number: [String]()
      }
    guard !words.isEmpty, !words.contains("") else {
      throw problem("names with + between them, such as query+value")
    }
    return words
  }

  func flag() throws -> Bool {
    switch value {
    case .flag(let flag): return flag
    case .text("true"): return true
    case .text("false"): return false
    default: throw problem("true or false")
    }
  }
}

extension Adapter {
  /// `LoRA of rank 16, alpha 32 in query, value: 294,912 numbers are trained, 0.27 % of all`
  func words(_ counts: (trained: Int, all: Int)) -> String {
    let scaled = options.isRankStabilized ? " (rsLoRA)" : ""
    let share = 100 * Double(counts.trained) / Double(max(1, counts.all))
    let named =
      modules.count > 4 ? "\(grouped(modules.count)) modules" : modules.joined(separator: ", ")
    return "LoRA of rank \(grouped(options.rank)), alpha \(decimal(options.alpha))\(scaled) in "
      + "\(named): \(grouped(counts.trained)) numbers are trained, \(significant(share, 2)) % of all"
  }
}

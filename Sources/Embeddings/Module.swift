import ModelFiles

/// A step of the pipeline after the one that reads the text.
package protocol Module: Sendable {
  /// - Parameter input: what the module before it gives
  init(_ folder: ModelFolder, taking input: Rows) throws
  /// What it gives.
  var output: Rows { get }
  /// What it is, for people: "Pooling: mean".
  var summary: String { get }
  func callAsFunction(_ features: Features) -> Features
}

package enum Modules {
  /// The modules by the last name of their Python class, which has stayed the same while the
  /// paths before it changed. A new module adds its file and a line.
  package static let known: [String: any Module.Type] = [
    "Normalize": Normalize.self,
    "Pooling": Pooling.self,
  ]
}

/// One entry of modules.json.
struct ModuleEntry {
  /// The last name of the class: `Pooling` in `sentence_transformers.models.Pooling`.
  let kind: String
  /// The whole name of the class.
  let type: String
  /// Relative to the model's folder; empty for the folder itself.
  let path: String

  /// The modules of a model, in their order; the transformer alone without modules.json.
  static func list(_ folder: ModelFolder) throws -> [ModuleEntry] {
    guard folder.has(fileName) || folder.has("config.json") else {
      throw FileError(
        "\(folder.path): neither \(fileName) nor config.json; not a model directory")
    }
    guard folder.has(fileName) else {
      return [ModuleEntry(kind: "Transformer", type: "", path: "")]
    }
    let json = try JSON(file: folder.path(of: fileName)).array()
    let entries = try json.elements.map { try ModuleEntry($0, json) }
    return entries
  }

  /// The modules of a model that can be run.
  static func runnable(_ folder: ModelFolder) throws -> [ModuleEntry] {
    let entries = try list(folder)
    let file = folder.path(of: fileName)
    let known = "known are Transformer, " + Modules.known.keys.sorted().joined(separator: ", ")
    for (index, entry) in entries.enumerated()
    where Modules.known[entry.kind] == nil && !entry.readsText {
      throw FileError("\(file): module \(index), type `\(entry.type)`, is not known; \(known)")
    }
    guard entries.first?.readsText == true, entries.count(where: \.readsText) == 1 else {
      throw FileError("\(file): the first module, and no other, should be a Transformer")
    }
    return entries
  }

  static let fileName = "modules.json"

  private var readsText: Bool { kind == "Transformer" }

  private init(kind: String, type: String, path: String) {
    self.kind = kind
    self.type = type
    self.path = path
  }

  private init(_ json: JSON, _ list: JSON) throws {
    let type = try json.string("type")
    guard type.hasPrefix("sentence_transformers."), let last = type.split(separator: ".").last
    else {
      throw FileError(
        "\(list.name): module type `\(type)` is Python code of the model's own, which is not run; "
          + "known are Transformer, " + Modules.known.keys.sorted().joined(separator: ", "))
    }
    kind = String(last)
    self.type = type
    path = try json.string("path", default: "")
  }
}

import ModelFiles

/// A modules.json that grows at its end, in the names of the releases that wrote it.
struct ModulesFile {
  private var entries: [JSONValue] = []
  /// Numbers and names that entries have.
  private var taken: Set<String> = []
  private let folder: ModelFolder?
  /// Whether the directory is of sentence-transformers 5.4 or later.
  let isLate: Bool

  /// A new model of modules without settings, the first in the model's own folder, in the names
  /// that all releases read.
  init(_ kinds: [String]) throws {
    (folder, isLate) = (nil, false)
    for kind in kinds { try append(kind) }
  }

  /// A model's file as it is.
  init(_ list: ModuleList, _ folder: ModelFolder) throws {
    self.folder = folder
    isLate = list.isLate
    let json = try JSON(file: list.file, limit: FileLimit.configuration).array()
    for entry in json.elements {
      entries.append(JSONValue(entry))
      if let number = try entry.present("idx") { taken.insert("\(try number.int())") }
      if let name = try entry.present("name") { taken.insert(try name.string()) }
    }
  }

  /// Adds a module and returns the folder for its files.
  /// - Parameter type: its class; by default that of the layout
  @discardableResult
  mutating func append(_ kind: String, type: String? = nil) throws -> String {
    var number = entries.count
    while try taken.contains("\(number)") || folder?.has("\(number)_\(kind)") == true {
      number += 1
    }
    let path = entries.isEmpty ? "" : "\(number)_\(kind)"
    taken.insert("\(number)")
    entries.append([
      "idx": .int(number), "name": .string("\(number)"), "path": .string(path),
      "type": .string(type ?? self.type(of: kind)),
    ])
    return path
  }

  private func type(of kind: String) -> String {
    isLate
      ? "sentence_transformers.base.modules.\(kind.lowercased()).\(kind)"
      : "sentence_transformers.models.\(kind)"
  }

  var bytes: [UInt8] { JSONValue.array(entries).file }
}

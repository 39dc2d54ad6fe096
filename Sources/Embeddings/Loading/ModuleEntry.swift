import ModelFiles

/// A module as modules.json, or a Router's file, lists it.
package struct ModuleEntry: Sendable {
  /// The last name of its class: `Pooling` in `sentence_transformers.models.Pooling`.
  let kind: String
  /// The whole name of the class; empty where no file names it.
  let type: String
  /// The folder of its files, relative to the model's; empty for the model's own.
  let path: String
  let folder: ModelFolder
  /// The file that lists it.
  let listing: String
  /// `model_type` where the class is one of those that came before Transformer.
  let formerType: String?

  /// Whether the model is a bare network: a directory without modules.json.
  var isBare: Bool { type.isEmpty }

  /// A module of a class.
  init(type: String, path: String, in folder: ModelFolder, listing: String) throws {
    guard type.hasPrefix("sentence_transformers."), let last = type.split(separator: ".").last
    else {
      throw FileError(
        "\(listing): module type `\(type)` is Python code of the model's own, which is not run; "
          + Modules.names)
    }
    formerType = Modules.former[String(last)]
    kind = formerType == nil ? String(last) : "Transformer"
    self.type = type
    self.path = path
    self.folder = try folder.module(path, named: listing)
    self.listing = listing
  }

  /// What a directory without modules.json is taken for.
  init(bare kind: String, _ folder: ModelFolder) {
    (self.kind, type, path, self.folder, formerType) = (kind, "", "", folder, nil)
    listing = folder.path(of: "config.json")
  }
}

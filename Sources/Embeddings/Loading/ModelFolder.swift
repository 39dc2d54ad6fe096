import Glibc
package import ModelFiles

/// A model's directory, or the folder of one of its modules.
package struct ModelFolder: Sendable {
  /// Finds the folder of the model that an adapter was made for, by the name that it says.
  package typealias BaseFinder = @Sendable (_ name: String) throws -> String

  package let path: String
  /// Reads each of the model's files once, whichever folder of it they are in.
  let files: ConfigurationFiles
  /// What changes the weights of another model, where the folder holds that in the place of its own.
  let adapter: Adaptation?
  /// The file that all of the model is in, where it is no directory, and the folder that this would be
  /// in the directory that it was made from.
  let gguf: (model: GGUFModel, folder: String)?
  /// The task whose adapter changes the weights, of those that have some.
  let task: String?
  private let findingBase: BaseFinder

  /// - Throws: when there is no such directory, or it holds an adapter whose base is not found.
  package init(
    _ path: String, findingBase: @escaping BaseFinder = Self.namedFolder, task: String? = nil
  ) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError("\(path): no such model directory")
    }
    if status.st_mode & S_IFMT == S_IFREG, try path.hasSuffix(".gguf") || GGUFFile.isOne(path) {
      let model = try GGUFModel(path)
      let documents = try model.documents().map { name, value in
        let path = "\(path)/\(name)"
        return (path: path, json: try JSON(value, name: path, tracking: true))
      }
      try self.init(unchecked: path, ConfigurationFiles(documents), findingBase, task, (model, ""))
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError("\(path): not a directory; a model is a directory with a config.json")
    }
    try self.init(unchecked: path, ConfigurationFiles(), findingBase, task, nil)
  }

  func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  package func has(_ name: String) throws -> Bool { try files.has(path(of: name)) }

  /// The JSON object in file `name`, which must be there.
  /// - Parameter purpose: what the file is for, for the error when it is missing
  package func object(_ name: String, for purpose: String) throws -> JSON {
    guard try has(name) else {
      throw FileError("\(path): no \(name), which \(purpose)")
    }
    return try read(name)
  }

  /// The JSON object in file `name`, if there is such a file.
  package func objectIfPresent(_ name: String) throws -> JSON? {
    try has(name) ? read(name) : nil
  }

  /// The same for a file that may be as large as a tokenizer.
  func objectIfPresent(tokenizer name: String) throws -> JSON? {
    try has(name) ? files.json(path(of: name)).object() : nil
  }

  private func read(_ name: String) throws -> JSON {
    try files.json(path(of: name), limit: FileLimit.configuration).object()
  }

  /// Refuses a model that is not copied: one in a file, of whose directory there is nothing, and one with
  /// adapters for tasks, whose files would say what the copy has not.
  package func checkIsCopied() throws {
    guard gguf == nil else {
      throw FileError(
        "\(path): a GGUF file; write it as a directory first (`embed convert -m FILE --output DIR`)"
      )
    }
    guard try tasks == nil else {
      throw FileError(
        "\(path): the model has adapters for tasks beside its weights (config.json: lora_adaptations), and "
          + "such are read, not written; take the model that transformers 5 has of it")
    }
  }

  /// The folder of a module, which modules.json names relative to the model's: never outside it.
  func module(_ relative: String, named file: String) throws -> ModelFolder {
    guard !relative.isEmpty, relative != "." else { return self }
    let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
    guard !relative.hasPrefix("/"), !parts.contains("..") else {
      throw FileError(
        "\(file): path `\(relative)` leads out of the model's directory; modules lie inside it")
    }
    return try ModelFolder(
      unchecked: path(of: relative), files, findingBase, task,
      gguf.map { ($0.model, relative) })
  }

  // A module without files has no folder either: git keeps no empty directories.
  private init(
    unchecked path: String, _ files: ConfigurationFiles, _ findingBase: @escaping BaseFinder,
    _ task: String?, _ gguf: (model: GGUFModel, folder: String)?
  ) throws {
    (self.path, self.files, self.findingBase, self.task) = (path, files, findingBase, task)
    self.gguf = gguf
    adapter = gguf == nil ? try Adaptation(in: path, files, findingBase) : nil
  }
}

/// A module as modules.json, or a Router's file, lists it.
package struct ModuleEntry: Sendable {
  /// The last name of its class: `Pooling` in `sentence_transformers.models.Pooling`.
  private(set) var kind: String
  /// The whole name of the class; empty where no file names it.
  let type: String
  /// The folder of its files, relative to the model's; empty for the model's own.
  let path: String
  let folder: ModelFolder
  /// The file that lists it.
  let listing: String
  /// `model_type` where the class is one of those that came before Transformer.
  let formerType: String?
  /// What its network is asked for.
  private(set) var task = NetworkTask.features
  /// What configures it, where the model's files imply it and none is its own.
  private(set) var configuration: JSON?
  /// The file of its weights, where that is another than its folder's.
  private(set) var weightsFile: String?
  /// How its network reads queries and documents, where their tokens meet each other later.
  var lateInteraction: LateInteraction?

  /// Whether the model is a bare network: a directory without modules.json.
  var isBare: Bool { type.isEmpty }

  /// What the names of PyLate's classes begin with.
  static let pyLate = "pylate.models."

  /// A module of a class.
  init(type: String, path: String, in folder: ModelFolder, listing: String) throws {
    self.folder = try folder.module(path, named: listing)
    // Of jina-embeddings-v3, whose code changes the weights for a task, and nothing else.
    let isOfTasks = try type == "custom_st.Transformer" && self.folder.tasks != nil
    let start = ["sentence_transformers.", Self.pyLate].first { type.hasPrefix($0) }
    guard start != nil || isOfTasks, let last = type.split(separator: ".").last,
      start != Self.pyLate || last == "Dense"
    else {
      throw FileError(
        "\(listing): module type `\(type)` is Python code of the model's own, which is not run; "
          + Modules.names)
    }
    formerType = Modules.former[String(last)]
    // Releases 5.0 to 5.3 had a class of its own for a network with its head over the vocabulary.
    let isMasked = last == "MLMTransformer"
    kind =
      formerType == nil && !isMasked ? Modules.renamed[String(last)] ?? String(last) : "Transformer"
    task = isMasked ? .maskedLanguage : .features
    self.type = type
    self.path = path
    self.listing = listing
  }

  /// What a directory without modules.json is taken for.
  init(bare kind: String, _ folder: ModelFolder) {
    (self.kind, type, path, self.folder, formerType) = (kind, "", "", folder, nil)
    listing = folder.path(of: "config.json")
  }

  /// The same module of another kind.
  func with(_ kind: String) -> ModuleEntry {
    var entry = self
    entry.kind = kind
    return entry
  }

  /// The same module, whose network is asked for something else.
  func with(_ task: NetworkTask) -> ModuleEntry {
    var entry = self
    entry.task = task
    return entry
  }

  /// A module in the same folder that the files of this one imply.
  func implying(_ module: ImpliedModule) -> ModuleEntry {
    var entry = self
    entry.kind = module.kind
    (entry.configuration, entry.weightsFile) = (module.configuration, module.weightsFile)
    (entry.task, entry.lateInteraction) = (.features, nil)
    return entry
  }
}

import Embeddings
import Glibc
import ModelFiles

/// Where models are that are asked for by name.
struct ModelPlaces {
  /// The variables of the environment, by name; an empty one is none.
  let variable: (String) -> String?

  init(
    variable: @escaping (String) -> String? = { name in
      getenv(name).flatMap { String(validatingCString: $0) }
    }
  ) {
    self.variable = { name in
      let value = variable(name)
      return value?.isEmpty ?? true ? nil : value
    }
  }

  /// The folders that hold models by their names.
  var folders: [String] {
    ["models"] + (variable("EMBED_MODELS") ?? "").split(separator: ":").map(String.init)
      + [installed].compactMap { $0 }
  }

  /// Every directory that a model of this name may be in, in the order in which they are searched.
  func candidates(_ name: HubName) -> [String] {
    folders.map { "\($0)/\(name.text)" }
      + caches.map { CachedRepository("\($0)/\(name.cached)").snapshot }
      // Up to 2.2, sentence-transformers kept models in folders of its own.
      + [variable("SENTENCE_TRANSFORMERS_HOME").map { "\($0)/\(name.flat)" }].compactMap { $0 }
  }

  /// The directories of models of the same name whose organisation nothing says.
  func unorganised(_ name: HubName) -> [String] {
    name.organisation == nil ? [] : folders.map { "\($0)/\(name.name)" }
  }

  /// The names of all models there are, with their directories.
  func models() -> [(name: String, folder: String)] {
    let inFolders = (["."] + folders).flatMap { folder in
      entries(folder).flatMap { entry -> [(name: String, folder: String)] in
        let path = folder == "." ? entry : "\(folder)/\(entry)"
        if seemsAModel(path) { return [(entry, path)] }
        if folder == "." { return [] }
        return entries(path).filter { seemsAModel("\(path)/\($0)") }.map {
          ("\(entry)/\($0)", "\(path)/\($0)")
        }
      }
    }
    let inCaches = caches.flatMap { cache in
      entries(cache).compactMap { entry -> (name: String, folder: String)? in
        let repository = CachedRepository("\(cache)/\(entry)")
        guard let name = repository.name, seemsAModel(repository.snapshot) else { return nil }
        return (name.impliesOrganisation ? name.name : name.text, repository.snapshot)
      }
    }
    return inFolders + inCaches
  }

  /// share/embed/models beside the folder of the executable.
  private var installed: String? {
    let size = Int(PATH_MAX)
    let path = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      buffer.withMemoryRebound(to: CChar.self) { path in
        count = path.baseAddress.map { max(0, readlink("/proc/self/exe", $0, size)) } ?? 0
      }
    }
    let parts = path.split(separator: UInt8(ascii: "/"))
    guard parts.count >= 2 else { return nil }
    let prefix = parts.dropLast(2).map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
    return prefix + "/share/embed/models"
  }

  /// Folders in the layout of the Hugging Face cache: the one that sentence-transformers puts
  /// before it, and its own, where the variables that huggingface_hub reads say it is.
  private var caches: [String] {
    [variable("SENTENCE_TRANSFORMERS_HOME"), hubCache.map(expanded)].compactMap { $0 }
  }

  private var hubCache: String? {
    if let cache = variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE") { return cache }
    if let home = variable("HF_HOME") { return home + "/hub" }
    let caches = variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }
    return caches.map { $0 + "/huggingface/hub" }
  }

  /// The path with the home directory for a `~` at its head, as huggingface_hub reads its variables.
  private func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = variable("HOME") else { return path }
    return home + path.dropFirst()
  }
}

/// Whether there is a directory with the files that every model, or adapter of one, has one of.
/// - Throws: where the system does not say
func isModel(_ path: String) throws -> Bool {
  try isDirectory(path)
    && ["modules.json", "config.json", AdapterFolder.settings].contains {
      try fileExists("\(path)/\($0)")
    }
}

/// The same, for advice: false where the system does not say.
func seemsAModel(_ path: String) -> Bool { (try? isModel(path)) ?? false }
func seemsADirectory(_ path: String) -> Bool { (try? isDirectory(path)) ?? false }

/// The names of what is in a directory, in order, but for hidden ones; none where it cannot be read.
func entries(_ directory: String) -> [String] {
  // A folder that is no folder of models may hold any number.
  Array(((try? folderEntries(directory)) ?? []).lazy.filter { !$0.hasPrefix(".") }.prefix(10_000))
}

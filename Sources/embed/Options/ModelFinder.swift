import Glibc
import ModelFiles

/// Finds the directory of a model that is given by name.
struct ModelFinder {
  static let standardName = "all-MiniLM-L6-v2"
  /// The static model that ships, made of the standard one.
  private static let shippedName = "minilm-static"

  static let explanation = """
    The name of an existing directory means that directory. Any other NAME or ORGANISATION/NAME \
    is searched for in ./models, in each folder of $EMBED_MODELS (separated by colons), in \
    share/embed/models beside the executable's bin, and in the Hugging Face cache. The default is \
    $EMBED_MODEL, else \(standardName), else the static model that ships with embed.
    """

  /// The variables of the environment, by name.
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

  /// The directory that `asked` means, or the default one for `nil`, with a notice where that is
  /// not the standard model. An error lists where it was searched for.
  func folder(of asked: String?, _ messages: Messages) throws -> String {
    let name = asked ?? variable("EMBED_MODEL") ?? Self.standardName
    if isDirectory(name) { return name }
    guard let parts = Self.parts(of: name) else {
      throw FileError("\(name): no such model directory")
    }
    let candidates = candidates(parts)
    if let found = candidates.first(where: isModel) { return found }
    let isUnasked = asked == nil && variable("EMBED_MODEL") == nil
    let shipped =
      isUnasked ? (folders + ["models.example"]).map { "\($0)/\(Self.shippedName)" } : []
    if let found = shipped.first(where: isModel) {
      messages.warn(
        "there is no model \(name): using the static model \(found), which is faster and less exact. "
          + Self.howToGet(parts))
      return found
    }
    throw FileError(
      "no model `\(name)`; looked for "
        + (["\(name)"] + candidates + shipped).map { "\($0)/" }.joined(separator: ", ")
        + ". " + Self.howToGet(parts))
  }

  private static func howToGet(_ parts: (organisation: String?, name: String)) -> String {
    let repository = (parts.organisation ?? "sentence-transformers") + "/" + parts.name
    let fetch = "`hf download \(repository)` puts it into the Hugging Face cache"
    return parts.name == standardName
      ? "The project's `scripts/demo` fetches it into models/; \(fetch)" : "To get it: \(fetch)"
  }

  /// NAME or ORGANISATION/NAME, of the characters that the Hugging Face hub allows; `nil` for what
  /// can only be meant as a path.
  private static func parts(of name: String) -> (organisation: String?, name: String)? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let allowed = parts.allSatisfy { part in
      (1...96).contains(part.utf8.count) && !part.hasPrefix(".") && !part.hasPrefix("-")
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
          default: false
          }
        }
    }
    guard allowed, (1...2).contains(parts.count) else { return nil }
    return (parts.count == 2 ? parts[0] : nil, parts[parts.count - 1])
  }

  /// Every directory that the model may be in, in the order in which they are searched.
  private func candidates(_ parts: (organisation: String?, name: String)) -> [String] {
    let names = [parts.organisation.map { "\($0)/\(parts.name)" }, parts.name].compactMap { $0 }
    let repository = "models--\(parts.organisation ?? "sentence-transformers")--\(parts.name)"
    return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      + [cache.map { snapshot("\($0)/\(repository)") }].compactMap { $0 }
  }

  /// The folders that hold models by their names.
  private var folders: [String] {
    ["models"] + (variable("EMBED_MODELS") ?? "").split(separator: ":").map(String.init)
      + [installed].compactMap { $0 }
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

  /// The Hugging Face cache, where the variables that its own library reads say it is.
  private var cache: String? {
    if let cache = variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE") { return cache }
    if let home = variable("HF_HOME") { return home + "/hub" }
    let caches = variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }
    return caches.map { $0 + "/huggingface/hub" }
  }

  /// The folder of the revision that `refs/main` names by its commit.
  private func snapshot(_ repository: String) -> String {
    let commit = (try? readFile("\(repository)/refs/main", limit: 1024)) ?? []
    let digits = commit.prefix { $0 != UInt8(ascii: "\n") }
    let isCommit =
      digits.count == 40 && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    let revision = isCommit ? String(decoding: digits, as: UTF8.self) : "main"
    return "\(repository)/snapshots/\(revision)"
  }

  private func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private func isModel(_ path: String) -> Bool {
    isDirectory(path)
      && ["modules.json", "config.json"].contains { access("\(path)/\($0)", F_OK) == 0 }
  }
}

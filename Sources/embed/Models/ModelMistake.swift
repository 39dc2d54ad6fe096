import Glibc
import ModelFiles

/// What is said of a name that is no model's: what it is instead, and what to do.
struct ModelMistake {
  private let name: String
  private let places: ModelPlaces
  /// How the name is quoted, and where it comes from if not from the command line.
  private let quoted: String

  /// - Parameter variable: the variable of the environment that says the name, if one does
  init(_ name: String, _ places: ModelPlaces, variable: String? = nil) {
    (self.name, self.places) = (name, places)
    quoted = "`\(name)`" + (variable.map { " ($\($0))" } ?? "")
  }

  /// The error for a name of which there is no model.
  /// - Parameters:
  ///   - searched: where it was looked for
  ///   - advice: how to get it
  func missing(places searched: [String], advice: String) -> FileError {
    if let file = fileError { return file }
    let models = places.models()
    let names = models.map(\.name)
    let bare = lastName(of: name)
    let near = nearestName(to: name, among: names) ?? nearestName(to: bare, among: names)
    let model = near.flatMap { near in models.first { $0.name == near } }
    if let model, [name, bare].contains(where: { $0.lowercased() == model.name.lowercased() }) {
      return FileError(
        "no model \(quoted); did you mean `\(model.name)`, which is \(model.folder)? Capital letters "
          + "count")
    }
    return FileError(
      "no model \(quoted); " + (model.map { "did you mean `\($0.name)`? It was " } ?? "")
        + "looked for "
        + (model == nil ? "" : "in ") + searched.map { "\($0)/" }.joined(separator: ", ") + ". "
        + advice)
  }

  /// The error for what can only be a path or an address.
  var notAName: FileError {
    if name.isEmpty { return FileError("the model's name is empty; give a directory or a name") }
    if let file = fileError { return file }
    if let address = addressError { return address }
    if name == "~" || name.hasPrefix("~/") {
      return FileError(
        "\(quoted): no such model directory; only a shell puts your home directory for `~`, and not "
          + "inside quotes or after `=`: write $HOME\(name.dropFirst())")
    }
    var trimmed = name[...]
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    let parent = trimmed.lastIndex(of: "/").map { String(trimmed[..<$0]) }
    if trimmed.count < name.count, parent.map({ !seemsADirectory($0) }) ?? true,
      let hub = HubName(String(trimmed))
    {
      return FileError(
        "\(quoted): no such model directory; for the model of that name leave out the slash at the "
          + "end: -m \(hub.text)")
    }
    return FileError("\(quoted): no such model directory; \(pathAdvice(String(trimmed)))")
  }

  /// What to do where a path leads nowhere.
  private func pathAdvice(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let (parent, last) = (parts.dropLast().joined(separator: "/"), String(parts.last ?? ""))
    let folder = parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
    let there = entries(folder).filter { seemsADirectory("\(folder)/\($0)") }
    if let near = nearestName(to: last, among: there) {
      return "did you mean \(parts.count == 1 ? near : "\(parent)/\(near)")?"
    }
    if !seemsADirectory(folder) { return "there is no \(folder)/ either; check the path" }
    return "check the path, or give a name such as \(ModelFinder.standardName) or ORGANISATION/NAME"
  }

  /// The error for an address on the web, a revision or a tag, in place of a name.
  private var addressError: FileError? {
    let schemes = ["https://", "http://", "hf://"]
    let scheme = schemes.first { name.lowercased().hasPrefix($0) }
    var rest = name.dropFirst(scheme?.count ?? 0)
    let hosts = ["huggingface.co/", "www.huggingface.co/", "hf.co/"]
    let host = hosts.first { rest.lowercased().hasPrefix($0) }
    rest = rest.dropFirst(host?.count ?? 0)
    if scheme == "hf://" || host != nil {
      let path = rest.prefix { $0 != "?" && $0 != "#" && $0 != "@" }
      let parts = path.split(separator: "/").drop { $0 == "models" }.prefix(2)
      if let hub = HubName(parts.joined(separator: "/")) {
        return FileError(
          "\(quoted) is an address; a model's name is that without the rest: -m \(hub.text), once "
            + "`hf download \(hub.repository)` has put it into the Hugging Face cache")
      }
    }
    if name.contains("://") {
      return FileError(
        "\(quoted) is an address, and models are only read on this machine; give a directory, or the "
          + "name of a model in the Hugging Face cache, ORGANISATION/NAME")
    }
    for mark in ["@", ":"] {
      let parts = name.split(separator: mark, maxSplits: 1).map(String.init)
      guard parts.count == 2, let hub = HubName(parts[0]), mark == "@" || HubName(parts[1]) != nil
      else { continue }
      return FileError(
        mark == "@"
          ? "\(quoted) names a revision, which no name does; give the folder that `hf download "
            + "\(hub.repository) --revision \(parts[1])` prints"
          : "\(quoted) has a tag, which no name has; give -m \(hub.text)")
    }
    return nil
  }

  /// The error for a file; `nil` where the name is none.
  private var fileError: FileError? {
    var status = stat()
    guard stat(name, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return nil }
    let end = name.lastIndex(of: "/")
    let folder = end.map { String(name[..<$0]) } ?? "."
    return FileError("\(quoted) is a file, and \(ModelFileKind(name).advice(folder))")
  }
}

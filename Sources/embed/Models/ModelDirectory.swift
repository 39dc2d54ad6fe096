import Glibc
import ModelFiles

/// A directory that was given as a model.
struct ModelDirectory {
  private let path: String

  init(_ path: String) { self.path = path }

  /// The directory itself, or the snapshot in one of the Hugging Face cache.
  /// - Throws: for one that holds models, or files that are not read
  func model(_ messages: Messages) throws -> String {
    if try isModel(path) { return path }
    let names = entries(path)
    if let snapshot = try snapshot(names) {
      messages.note("\(path) is a folder of the Hugging Face cache: using \(snapshot)")
      return snapshot
    }
    if let cached = names.lazy.compactMap({ CachedRepository($0).name }).first {
      throw FileError(
        "\(path) is a Hugging Face cache, not a model; give a model's name, such as `\(cached.text)`"
      )
    }
    if let inner = try names.first(where: { try isModel("\(path)/\($0)") }) {
      let count = try names.count { try isModel("\(path)/\($0)") }
      throw FileError(
        "\(path) is not a model, but holds \(count == 1 ? "one" : "\(count)"); give "
          + (count == 1 ? "" : "one of them, such as ") + trimmed + "/" + inner)
    }
    for kind in [ModelFileKind.gguf, .onnx] {
      guard let file = names.first(where: { ModelFileKind("\(path)/\($0)") == kind }) else {
        continue
      }
      throw FileError(
        "\(path) has \(file) and no config.json; "
          + (kind == .gguf ? "give that file, -m \(trimmed)/\(file)" : kind.advice(path)))
    }
    return path
  }

  private var trimmed: String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// The snapshot of a folder of the Hugging Face cache; `nil` where it is none.
  private func snapshot(_ names: [String]) throws -> String? {
    let hasSnapshots = names.contains("snapshots")
    let isRepository = hasSnapshots && (names.contains("refs") || names.contains("blobs"))
    let isInside = trimmed.hasSuffix("/snapshots")
    let folder = isInside ? String(trimmed.dropLast("/snapshots".count)) : trimmed
    let repository = CachedRepository(folder)
    let name = repository.name
    guard isRepository || name != nil && (hasSnapshots || isInside) else { return nil }
    if try isModel(repository.snapshot) { return repository.snapshot }
    let snapshots = entries("\(folder)/snapshots").map { "\(folder)/snapshots/\($0)" }
    let models = try snapshots.filter(isModel)
    if models.count == 1 { return models[0] }
    let advice =
      models.first.map { "give one of them, such as \($0)" }
      ?? "`hf download \(name?.text ?? "ORGANISATION/NAME")` completes it"
    throw FileError(
      "\(path) is a folder of the Hugging Face cache whose refs/main names no snapshot with a model; "
        + advice)
  }
}

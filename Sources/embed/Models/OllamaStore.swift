import ModelFiles

/// The models that ollama keeps: manifests that name blobs by their hash, of which one is a GGUF file.
struct OllamaStore {
  static let prefix = "ollama:"
  private static let registry = "registry.ollama.ai"
  private static let modelType = "application/vnd.ollama.image.model"
  private static let longestManifest = 1 << 20

  private let folders: [String]

  init(_ places: ModelPlaces) {
    let home = places.variable("HOME").map { "\($0)/.ollama/models" }
    folders =
      [places.variable("OLLAMA_MODELS"), home, "/usr/share/ollama/.ollama/models"]
      .compactMap { $0 }
  }

  /// The file of a model.
  /// - Parameter name: `NAME`, `NAME:TAG`, `USER/NAME:TAG`, or with a registry before it
  func file(of name: String) throws -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let last = (parts.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), (1...2).contains(last.count),
      (parts.dropLast() + last.map(String.init)).allSatisfy(Self.isPlain)
    else {
      throw FileError(
        "\(Self.prefix)\(name) is no name of ollama's; it should be such as \(Self.prefix)"
          + "nomic-embed-text or \(Self.prefix)USER/NAME:TAG")
    }
    let place = Array([Self.registry, "library"].dropLast(parts.count - 1)) + parts.dropLast()
    let path = (place + [String(last[0]), last.count == 2 ? String(last[1]) : "latest"])
      .joined(separator: "/")
    let manifests = folders.map { "\($0)/manifests/\(path)" }
    guard let index = try manifests.firstIndex(where: { try fileExists($0) }) else {
      throw FileError(
        "\(Self.prefix)\(name): not in ollama's store; looked for "
          + manifests.joined(separator: ", ") + "; `ollama pull \(name)` fetches it")
    }
    return "\(folders[index])/blobs/\(try Self.blob(manifests[index]))"
  }

  /// Names that lead to no other folder.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(0)
  }

  /// The name of the blob that holds the model.
  private static func blob(_ manifest: String) throws -> String {
    let json = try JSON(file: manifest, limit: longestManifest).object()
    let layers = try json.array("layers").elements.filter {
      try $0.object().present("mediaType")?.isString(modelType) ?? false
    }
    guard let layer = layers.first else {
      throw FileError(
        "\(manifest): no layer is of type \(modelType); the model is none that is read")
    }
    let digest = try layer.string("digest")
    let hash = digest.dropFirst("sha256:".count)
    guard digest.hasPrefix("sha256:"), hash.count == 64, hash.allSatisfy(\.isHexDigit) else {
      throw FileError("\(manifest): `digest` is `\(digest)`, should be sha256: and 64 digits")
    }
    return "sha256-\(hash)"
  }
}

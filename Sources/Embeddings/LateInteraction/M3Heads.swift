import ModelFiles

/// The heads that bge-m3 has beside its dense vector, in files that sentence-transformers does not
/// read (Chen et al., 2024): the weight of each token, and a vector of each.
enum M3Heads {
  private static let files: [(kind: ModelKind, name: String)] = [
    (.sparse, "sparse_linear.pt"), (.multi, "colbert_linear.pt"),
  ]

  /// What the model in a folder gives beside dense vectors.
  static func kinds(_ folder: ModelFolder) throws -> Set<ModelKind> {
    Set(try files.filter { try folder.has($0.name) }.map(\.kind))
  }

  /// Modules behind the network alone, for one of those kinds.
  static func modules(_ kind: ModelKind, _ folder: ModelFolder) throws -> [ImpliedModule] {
    guard let file = files.first(where: { $0.kind == kind }) else { return [] }
    let empty = try JSON.empty(named: folder.path(of: file.name))
    let head = ImpliedModule(
      kind: kind == .sparse ? "LexicalWeights" : "TokenProjection", configuration: empty,
      weightsFile: file.name)
    guard kind == .multi else { return [head] }
    let normalize = try JSON(["module_input_name": "token_embeddings"], name: empty.name)
    return [head, ImpliedModule(kind: "Normalize", configuration: normalize)]
  }

  /// Its score of two texts' vectors is divided by the number of the query's.
  static let isMean = true
}

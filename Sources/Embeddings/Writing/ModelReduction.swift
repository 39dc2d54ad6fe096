import Encoders
import ModelFiles
import Tensors
package import Vectors

/// Makes a copy of a model whose vectors have fewer dimensions: one more Dense projects them onto
/// their principal components.
///
/// Where the model's vectors have length 1, a Normalize follows: those who take the dot product for
/// the cosine may go on doing so.
package struct ModelReduction {
  private let embedder: Embedder
  private let dimensions: Int
  private let folder: NewFolder

  /// Makes sure of what can be known before texts are embedded.
  /// - Parameter path: of a folder that is not there yet
  package init(
    of embedder: Embedder, dimensions: Int, to path: String,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.embedder, self.dimensions) = (embedder, dimensions)
    try embedder.model.folder.checkIsCopied()
    try embedder.checkReduction(to: dimensions)
    guard try embedder.model.folder.has(ModuleList.fileName) || embedder.model.list.pooling != nil
    else {
      throw FileError(
        "\(embedder.model.folder.path): a model of model2vec without modules.json, to which no module "
          + "can be added")
    }
    folder = try NewFolder(path, cancelled: cancelled)
  }

  /// Writes the model.
  /// - Parameter vectors: the model's, of texts like those that it will be used for
  /// - Returns: the new module's folder, and the share of their variance that is kept
  package func write(
    fitting vectors: Matrix, whitened: Bool
  ) throws -> (module: String, kept: Double) {
    let components = try PrincipalComponents(
      keeping: dimensions, of: vectors, "texts", whitened: whitened,
      threads: embedder.model.options.threads)
    var modules = try modules()
    let isPlain = embedder.model.list.pooling != nil
    _ = try ModelCopy(
      of: embedder.model.folder, into: folder,
      changes: .init(left: isPlain ? PlainNetwork.replaced : [ModuleList.fileName]))
    let module = try modules.append("Dense")
    try write(components.layer(whitened: whitened), to: module, isLate: modules.isLate)
    try writeNormalize(&modules)
    try folder.write(ModuleList.fileName, modules.bytes)
    try folder.finish()
    return (module, components.varianceRatio.reduce(0, +))
  }

  /// The modules as they are; of a bare network, what it is taken for.
  private func modules() throws -> ModulesFile {
    try PlainNetwork(embedder.model)?.writeModules(to: folder)
      ?? ModulesFile(embedder.model.list, embedder.model.folder)
  }

  /// The Dense's files. A vector that is sliced after the last module (`truncate_dim`) goes into it
  /// whole: weights of 0 leave out what the components do not know.
  private func write(
    _ layer: (weight: Matrix, bias: [Float]), to module: String, isLate: Bool
  ) throws {
    let width = embedder.model.pipelines.values.first?.width ?? layer.weight.columns
    let cut = [Float](repeating: 0, count: width - layer.weight.columns)
    let weight = (0..<dimensions).flatMap { layer.weight[$0] + cut }
    try NewDense(
      weight: Tensor([dimensions, width], weight), bias: Tensor([dimensions], layer.bias)
    )
    .write(to: folder, as: module, isLate: isLate)
  }

  /// Another Normalize like the one that the model ends with, if it does.
  private func writeNormalize(_ modules: inout ModulesFile) throws {
    guard embedder.endsInNormalize,
      let last = embedder.model.pipelines.values.first?.entries.last?.entry
    else { return }
    let path = try modules.append("Normalize", type: last.type)
    // Before 6.0 it had no file; one in the model's own folder belongs to another module.
    if !last.path.isEmpty, try last.folder.has("config.json") {
      try folder.copy(last.folder.path(of: "config.json"), to: "\(path)/config.json")
    }
  }
}

extension Embedder {
  /// Whether the vectors of all texts have length 1.
  var endsInNormalize: Bool { model.pipelines.values.allSatisfy(\.endsInNormalize) }

  /// Refuses, before there is anything to reduce, what cannot be done.
  func checkReduction(to dimensions: Int) throws {
    guard (1...dimension).contains(dimensions) else {
      throw FileError(
        "\(dimensions) dimensions are asked for, but the vectors of \(model.folder.path) have "
          + "\(dimension) numbers; name 1 to \(dimension)")
    }
    try PrincipalComponents.checkLibrary()
  }
}

extension PrincipalComponents {
  /// Components to keep, along all of which the vectors differ as far as the use of them needs.
  /// - Parameter name: what each vector is of, in errors
  package init(
    keeping count: Int, of vectors: Matrix, _ name: String, whitened: Bool, threads: Int
  ) throws {
    guard vectors.rows >= max(count, 2) else {
      throw FileError(
        "\(count) dimensions need at least \(max(count, 2)) \(name), found \(vectors.rows); give "
          + "more (ten times as many are better), or name fewer dimensions")
    }
    self = try PrincipalComponents(vectors, count: count, threads: threads)
    guard let most = variance.first, let least = variance.last, most > 0 else {
      throw FileError("the vectors of the \(name) are all the same; give others")
    }
    // What is smaller is rounding, which whitening would make as large as the rest.
    guard !whitened || least > most * 1e-10 else {
      throw FileError(
        "the \(name) differ along fewer than \(count) dimensions, and what does not differ cannot be "
          + "whitened; name fewer, or give more \(name)")
    }
  }
}

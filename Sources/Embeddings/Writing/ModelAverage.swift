import Encoders
package import ModelFiles
import Tensors
import Tokenizers

/// The mean of the weights of several models of one kind and size, fine-tuned from one start: a model
/// soup (Wortsman et al., 2022).
package struct ModelAverage {
  private let models: [TextModel]
  /// What each counts, 1 together.
  private let shares: [Double]
  /// The tensors of the models, in the order of the first one's names.
  private let names: [String]
  private let tensors: [[String: Tensor]]

  /// Makes sure that a mean of the models means something.
  /// - Parameters:
  ///   - models: two or more
  ///   - weights: what each counts, none below 0 and not all of them 0; `nil` for all alike
  /// - Throws: where they differ in more than their numbers
  package init(of models: [TextModel], weights: [Double]? = nil) throws {
    let weights = weights ?? models.map { _ in 1 }
    let total = weights.reduce(0, +)
    guard let first = models.first, models.count > 1, weights.count == models.count,
      total > 0, total.isFinite, weights.allSatisfy({ $0 >= 0 })
    else {
      throw FileError(
        "\(models.count) models and \(weights.count) weights: a mean is of two models or more, with a "
          + "weight of at least 0 for each, and not all of them 0")
    }
    (self.models, shares) = (models, weights.map { $0 / total })
    for other in models.dropFirst() { try Self.checkModules(first, other) }
    let all = try models.map { try $0.source.tensors() }
    names = all.first?.map(\.name) ?? []
    tensors = try all.map {
      Dictionary(try $0.map { ($0.name, try $0.floats()) }) { first, _ in first }
    }
    for (other, own) in zip(models, tensors).dropFirst() { try checkTensors(of: other, own) }
    guard !names.isEmpty else { throw FileError("\(first.folder.path): no weights to average") }
    let count = tensors[0].values.reduce(0) { $0 + $1.count }
    try MemoryBound.check(
      count, MemoryLayout<Float>.stride, for: "\(first.folder.path): the mean of its weights")
  }

  /// Refuses a model of other modules, or whose tokens mean something else.
  private static func checkModules(_ first: TextModel, _ other: TextModel) throws {
    func modules(_ model: TextModel) -> [String] {
      model.pipelines.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap(\.value.info)
        .map(\.summary)
    }
    let (own, others) = (modules(first), modules(other))
    guard own == others else {
      let place = zip(own, others).first { $0 != $1 }
      throw FileError(
        "\(other.folder.path): is \(place?.1 ?? "\(others.count) modules"), and \(first.folder.path) "
          + "is \(place?.0 ?? "\(own.count) modules"); only models of the same modules have a mean")
    }
    let tokens = [first, other].map { $0.pipelines.values.first?.tokenizer.tokenizer.tokensByID }
    guard tokens[0] == tokens[1] else {
      throw FileError(
        "\(other.folder.path): its tokenizer has other tokens than that of \(first.folder.path), so "
          + "that rows of the same number are of different words; only models of one tokenizer have "
          + "a mean")
    }
  }

  private func checkTensors(of other: TextModel, _ own: [String: Tensor]) throws {
    let (path, standard) = (other.folder.path, models[0].folder.path)
    for name in names {
      let shape = tensors[0][name]?.shape ?? []
      guard let found = own[name]?.shape else {
        throw FileError("\(path): no tensor `\(name)`, which \(standard) has")
      }
      guard found == shape else {
        throw FileError("\(path): tensor `\(name)` is \(found), in \(standard) it is \(shape)")
      }
    }
    if let odd = own.keys.filter({ tensors[0][$0] == nil }).min() {
      throw FileError("\(path): has a tensor `\(odd)`, which \(standard) does not have")
    }
  }

  /// Writes the model: the first one's files, means in the place of its weights, in float32.
  /// - Returns: how many numbers were averaged
  package func write(to folder: any FolderWriting) throws -> Int {
    let means = names.map { name in (name, mean(of: tensors.compactMap { $0[name] })) }
    for model in models { try model.checkIntact() }
    try TrainedModel(models[0]).write(
      TrainedTensors(Dictionary(means) { first, _ in first }), to: folder)
    try folder.write("README.md", card)
    return means.reduce(0) { $0 + $1.1.count }
  }

  /// Σ shares · terms, each sum in float64.
  private func mean(of terms: [Tensor]) -> Tensor {
    let shares = shares
    return Tensor(terms[0].shape) { out in
      var sums = [Double](repeating: 0, count: out.count)
      for (share, term) in zip(shares, terms) {
        term.withFloats { floats in
          for index in sums.indices { sums[index] += share * Double(floats[index]) }
        }
      }
      for index in out.indices { out[index] = Float(sums[index]) }
    }
  }

  private var card: [UInt8] {
    let parts = zip(models, shares).map { model, share in
      "| \(lastName(of: model.folder.path)) | \(share) |"
    }
    return Array(
      """
      ---
      library_name: sentence-transformers
      ---

      The mean of the weights of these models:

      | model | share |
      |---|---|
      \(parts.joined(separator: "\n"))

      """.utf8)
  }
}

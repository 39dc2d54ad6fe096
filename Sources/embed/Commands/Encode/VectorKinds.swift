import ArgumentParser
import Embeddings
import ModelFiles

/// What `encode` makes of vectors that are not one dense vector a text.
struct VectorKindOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a sparse vector as indices and values, or as an object of tokens and weights, the "
        + "heaviest first (default: indices).", valueName: "indices|tokens"))
  var sparse: SparseTerms?

  @Option(
    help: ArgumentHelp(
      "Keep only the N largest numbers of each sparse vector.", valueName: "N"))
  var maxActive: Int?

  @Flag(
    help: "Write sparse vectors with all their zeros, a number for each entry of the vocabulary.")
  var dense = false

  @Option(
    help: ArgumentHelp(
      "Pool the vectors of each document's tokens to a number of them F times smaller, by Ward's "
        + "clusters.", valueName: "F"))
  var poolFactor: Double?

  func validate() throws {
    if let maxActive, maxActive < 1 { throw ValidationError("--max-active must be at least 1") }
    if let poolFactor, !(poolFactor >= 1 && poolFactor.isFinite) {
      throw ValidationError("--pool-factor must be a number, at least 1")
    }
    if dense, sparse != nil {
      throw ValidationError("--dense and --sparse exclude each other; give one of them")
    }
  }
}

/// How JSON lines have the numbers of a sparse vector.
enum SparseTerms: String, CaseIterable, ExpressibleByArgument { case indices, tokens }

// Options that mean nothing for a kind of model.
extension Encode {
  /// Refuses options that the vectors of this model have no use for, with the reason.
  func check(_ model: VectorModel, _ route: Route) throws {
    let refused =
      switch model {
      case .dense: refusedOfDense
      case .sparse: refusedOfSparse
      case .multi: refusedOfMulti(route)
      }
    guard let (option, reason) = refused.first(where: \.isGiven).map({ ($0.option, $0.reason) })
    else { return }
    throw FileError("\(model.model.folder.path): \(option) \(reason)")
  }

  private typealias Refusal = (isGiven: Bool, option: String, reason: String)

  private var format: VectorFormat { output.resolvedFormat }

  private var refusedOfDense: [Refusal] {
    let reason = "is for sparse models, this one gives a text one dense vector; leave it out"
    return [
      (kinds.sparse != nil, "--sparse", reason), (kinds.maxActive != nil, "--max-active", reason),
      (kinds.dense, "--dense", reason), (format == .npz, "--format npz", reason),
    ]
  }

  private var refusedOfSparse: [Refusal] {
    let isDense = kinds.dense
    return [
      (
        output.quantize != nil, "--quantize",
        "is for dense vectors; a sparse one is small already, and --max-active N makes it smaller"
      ),
      (
        dimensions != nil, "--dimensions",
        "is for dense vectors; the numbers of a sparse one belong to the entries of the vocabulary, "
          + "and --max-active N keeps the N largest"
      ),
      (
        normalize, "--normalize",
        "is for dense vectors; the sizes of sparse ones count where they are compared"
      ),
      chunks("sparse ones"),
      (
        !isDense && ![.jsonl, .npz].contains(format), "--format \(format.rawValue)",
        "has a number for each entry of the vocabulary, most of them 0; take jsonl or npz, or say "
          + "--dense"
      ),
      (
        isDense && format == .npz, "--format npz",
        "has no zeros; leave out --dense, or take npy"
      ),
      (
        kinds.sparse != nil && format != .jsonl, "--sparse",
        "is for jsonl; \(format.rawValue) has indices and numbers only"
      ),
    ]
  }

  private func refusedOfMulti(_ route: Route) -> [Refusal] {
    let many = "this one gives each token of a text a vector; leave it out"
    return [
      (kinds.sparse != nil, "--sparse", "is for sparse models, \(many)"),
      (kinds.maxActive != nil, "--max-active", "is for sparse models, \(many)"),
      (kinds.dense, "--dense", "is for sparse models, \(many)"),
      (output.quantize != nil, "--quantize", "is for models with one vector a text, \(many)"),
      (dimensions != nil, "--dimensions", "is for models with one vector a text, \(many)"),
      (
        normalize, "--normalize",
        "is for models with one vector a text; the vectors of tokens are as the model compares them"
      ),
      chunks("the vectors of tokens"),
      (
        ![.jsonl, .npy].contains(format), "--format \(format.rawValue)",
        "has one vector a text, this model gives each token one; take jsonl or npy"
      ),
      (
        kinds.poolFactor != nil && route.side == .query, "--pool-factor",
        "is for documents; every vector of a query counts, leave it out"
      ),
    ]
  }

  private func chunks(_ vectors: String) -> Refusal {
    (
      long == .chunk, "--long chunk",
      "takes the mean of dense vectors, and \(vectors) have none; split the texts, or let them be "
        + "cut (--long cut)"
    )
  }
}

import ModelFiles
import Tensors

/// Tensors that files have under two names and a network once: the words' table that is a language
/// model's decoder too, and the bias of that.
struct TiedNames: Sendable {
  /// By the name of the copy, that of the tensor that is trained.
  private var originals: [String: String] = [:]

  // By transformers' names, which tie the first to the second.
  private static let decoders = ["decoder.weight", "lm_head.weight", "vocab_projector.weight"]
  private static let tables = ["word_embeddings.weight", "tok_embeddings.weight"]
  private static let bias = "decoder.bias"

  /// - Parameter isTied: whether the configuration has them as one
  init(_ tensors: [ModelTensor], isTied: Bool) throws {
    guard isTied else { return }
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    let tables = tensors.filter { tensor in Self.tables.contains { tensor.name.hasSuffix($0) } }
    for tensor in tensors {
      let name = tensor.name
      if Self.decoders.contains(where: name.hasSuffix) {
        originals[name] = try tables.first { try Self.areSame($0, tensor) }?.name
      } else if name.hasSuffix(Self.bias) {
        let other = name.dropLast(Self.bias.count) + "bias"
        if let bias = byName[String(other)], try Self.areSame(bias, tensor) {
          originals[name] = String(other)
        }
      }
    }
  }

  func isCopy(_ name: String) -> Bool { originals[name] != nil }

  /// The same tensors, and each copy of one of them under its name.
  func withCopies(_ tensors: [String: Tensor]) -> [String: Tensor] {
    var all = tensors
    for (copy, original) in originals { if let tensor = tensors[original] { all[copy] = tensor } }
    return all
  }

  private static func areSame(_ a: ModelTensor, _ b: ModelTensor) throws -> Bool {
    guard a.shape == b.shape else { return false }
    let (a, b) = (try a.floats(), try b.floats())
    return a.withFloats { a in b.withFloats { b in a.elementsEqual(b) } }
  }
}

import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// The tensors to which derivatives by the vector of a text come, found by a pass with a short one.
///
/// Matrices that stay in their files in half precision are those that the network takes: raising them and
/// their derivatives would need four times their memory.
struct ReachedTensors {
  /// In the order of the files.
  private(set) var names: [String] = []
  /// Those of which a text uses the rows of its tokens.
  private(set) var tables: [String] = []
  /// Those by which all numbers of a row are multiplied.
  private(set) var matrices: [String] = []
  private(set) var shapes: [String: [Int]] = [:]

  // Smaller tables take no time worth saving.
  private static let fewestWords = 1000
  // Bytes of float32 whose derivatives are made at a time: of a large model all of them would need more
  // memory than training a part of it does.
  private static let mostTracked = 2 << 30

  init(_ start: TextModel, _ tied: TiedNames) throws {
    // Two words, so that something comes before and after each of them.
    let words = Array("one two".utf8)
    let text =
      try start.modelKind == .rerank
      ? start.pairRoute(prompt: "").encoding(of: words, words).encoding
      : start.route(prompt: "").encoding(of: words)
    let tensors = try start.source.tensors()
    let stored = tensors.contains(where: \.isHalf) ? try Self.stored(start) : []
    for part in tensors.filter({ !stored.contains($0.name) }).parts(ofBytes: Self.mostTracked) {
      try add(part, start, tied, text)
    }
    guard !stored.isEmpty else { return }
    for tensor in tensors where stored.contains(tensor.name) {
      shapes[tensor.name] = tensor.shape
      if Self.isMatrix(tensor) { matrices.append(tensor.name) }
    }
    names = tensors.map(\.name).filter { shapes[$0] != nil }
  }

  /// The matrices that the network takes where its files have them.
  private static func stored(_ start: TextModel) throws -> Set<String> {
    let recorder = MatrixRecorder()
    _ = try start.source.pipelines(noting: recorder)
    return Set(recorder.matrices.filter(\.isStored).flatMap(\.parts))
  }

  private mutating func add(
    _ tensors: ArraySlice<ModelTensor>, _ start: TextModel, _ tied: TiedNames, _ text: Encoding
  ) throws {
    let leaves = Dictionary(
      uniqueKeysWithValues: try tensors.map { ($0.name, try $0.floats().tracked()) })
    let network = try TrainableNetwork(start, TrainedTensors(tied.withCopies(leaves)))
    let vectors = network.vectors(
      of: [text], promptLength: 0, TrainingPass(dropout: 0, seed: 0, step: 0, texts: [0]))
    let seed = Tensor(vectors.shape) { $0.update(repeating: 1) }
    let gradients = Gradients(of: vectors, seed: seed)
    for tensor in tensors where !tied.isCopy(tensor.name) {
      let name = tensor.name
      guard let gradient = leaves[name].flatMap({ gradients[$0] }) else { continue }
      names.append(name)
      shapes[name] = tensor.shape
      switch gradient {
      case .rows(let table):
        if table.tableRows >= Self.fewestWords,
          table.ids.allSatisfy(text.ids.contains)
        {
          tables.append(name)
        }
      case .dense:
        if Self.isMatrix(tensor) { matrices.append(name) }
      }
    }
  }

  /// Whether a tensor is a linear module's, and no table of positions, of which all rows may occur in each
  /// text: DeBERTa's `rel_embeddings`, T5's and MPNet's `relative_attention_bias`.
  private static func isMatrix(_ tensor: ModelTensor) -> Bool {
    let isTable = tensor.name.split(separator: ".").contains { part in
      ["embeddings", "embedding", "attention_bias"].contains(where: part.hasSuffix)
    }
    return tensor.shape.count == 2 && tensor.name.hasSuffix(".weight") && !isTable
  }
}

extension [ModelTensor] {
  /// Runs of them of at most so many bytes in float32, or of one that is larger.
  fileprivate func parts(ofBytes most: Int) -> [ArraySlice<ModelTensor>] {
    var (parts, first, bytes): ([ArraySlice<ModelTensor>], Int, Int) = ([], 0, 0)
    for (index, tensor) in enumerated() {
      let own = tensor.count * MemoryLayout<Float>.stride
      if index > first, bytes + own > most {
        parts.append(self[first..<index])
        (first, bytes) = (index, 0)
      }
      bytes += own
    }
    return parts + (first < count ? [self[first...]] : [])
  }
}

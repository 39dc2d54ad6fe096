import Encoders
import ModelFiles
package import Tensors
import Tokenizers
package import Vectors

/// A static model in the making: each token of a transformer's vocabulary gets one vector, and a
/// text the mean of its tokens'.
package struct Distillation {
  private let embedder: Embedder
  private let route: Route
  private let dimensions: Int
  private let folder: NewFolder
  /// tokenizer.json of the new model, and the tokenizer that it describes.
  private let file: JSON
  private let tokenizer: Tokenizer
  /// The tokens that get a vector, in the order of their ids. Special ones get zeros: they count
  /// for nothing in a mean's direction, as in model2vec, which drops unknown ones.
  private let ids: [Int32]
  /// How often each id occurred; empty until texts are counted.
  private var occurrences: [Int] = []

  /// Makes sure of what can be known before tokens are embedded.
  /// - Parameter path: of a folder that is not there yet
  package init(
    of embedder: Embedder, dimensions: Int, to path: String,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.embedder, self.dimensions) = (embedder, dimensions)
    try embedder.checkReduction(to: dimensions)
    // The length of a vector before the last Normalize weighs its token among others.
    route = try embedder.model.route(prompt: "").beforeNormalize
    guard let network = route.pipeline.input as? Transformer,
      let entry = route.pipeline.entries.first?.entry
    else {
      throw FileError(
        "\(embedder.model.folder.path): its first module is no Transformer to distill from")
    }
    try embedder.model.folder.checkIsCopied()
    file = try TokenizerFiles.plain(
      folder: entry.folder.path, model: Transformer.configuration(entry),
      lowercasingFirst: TransformerSettings(entry).lowercasesFirst)
    let tokenizer = try Tokenizer(file)
    self.tokenizer = tokenizer
    // The table, and the counts, have a row for every id, whether or not there are tokens between.
    try MemoryBound.check(
      tokenizer.vocabularyCount, dimensions + 1, MemoryLayout<Int>.stride,
      for: "\(file.name): a table for ids up to \(tokenizer.vocabularyCount - 1)")
    // Published models have added tokens that their table has no row for.
    let rows = network.encoder.vocabularySize
    ids = tokenizer.tokensByID.keys.filter { $0 < rows && !tokenizer.isSpecial($0) }.sorted()
    folder = try NewFolder(path, cancelled: cancelled)
  }

  /// How many tokens there are to embed.
  package var tokenCount: Int { ids.count }

  /// The vectors of some of the tokens, each in a text of its own.
  /// - Shapes: → `[range.count, E]`
  package func vectors(
    _ range: Range<Int>, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Tensor {
    let texts = try ids[range].map { try route.pipeline.tokenizer.encoding(of: [$0]) }
    let vectors = try embedder.vectors(of: texts, by: route, cancelled: cancelled)
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) {
      throw embedder.model.notFinite("token \(ids[range.lowerBound + row])")
    }
    return vectors.tensor
  }

  /// Counts the tokens of texts, which then decide what each token weighs.
  package mutating func count(_ texts: [[UInt8]]) throws {
    if occurrences.isEmpty {
      occurrences = [Int](repeating: 0, count: tokenizer.vocabularyCount)
    }
    let tokenizer = tokenizer
    let lists = try Parallel.map(texts.count, threads: embedder.model.options.threads) { index in
      try texts[index].withUnsafeBytes {
        try tokenizer.encode($0, limit: nil, withSpecials: false).ids
      }
    }
    for id in lists.joined() where occurrences.indices.contains(Int(id)) {
      occurrences[Int(id)] += 1
    }
  }

  /// Writes the model.
  /// - Parameter vectors: of all tokens
  /// - Returns: the share of their variance that is kept, and the bytes of the weights
  package func write(_ vectors: Matrix, whitened: Bool) throws -> (kept: Double, bytes: Int) {
    let components = try PrincipalComponents(
      keeping: dimensions, of: vectors, "tokens", whitened: whitened,
      threads: embedder.model.options.threads)
    let reduced = components(vectors, whitened: whitened)
    let table = try table(reduced, weights())
    let kinds = ["StaticEmbedding"] + (embedder.endsInNormalize ? ["Normalize"] : [])
    try folder.writeSafetensors("model.safetensors", [table])
    try folder.write("tokenizer.json", file.withSource(Array.init))
    try folder.write(ModuleList.fileName, ModulesFile(kinds).bytes)
    try folder.write(
      TextModel.settingsName, TextModel.newSettings(similarity: embedder.similarity).file)
    try folder.finish()
    return (components.varianceRatio.reduce(0, +), table.count * FloatFormat.float16.byteCount)
  }

  /// What each token's vector is multiplied by.
  private func weights() throws -> [Float] {
    guard !occurrences.isEmpty else { return TokenFrequencies(rankedFirst: ids.count).weights }
    let counts = ids.map { occurrences[Int($0)] }
    guard counts.contains(where: { $0 > 0 }) else {
      throw FileError("the texts have no tokens to count; give others")
    }
    return TokenFrequencies(counts: counts).weights
  }

  /// The table as it is stored, a row for each id.
  private func table(_ reduced: Matrix, _ weights: [Float]) throws -> NewTensor {
    let count = tokenizer.vocabularyCount
    var rows = [Float](repeating: 0, count: count * dimensions)
    for (row, id) in ids.enumerated() {
      for (column, value) in reduced[row].enumerated() {
        rows[Int(id) * dimensions + column] = value * weights[row]
      }
    }
    guard let bytes = rows.withUnsafeBufferPointer(FloatFormat.float16.bytes) else {
      throw FileError(
        "\(embedder.model.folder.path): its tokens' vectors are too large for F16, in which a static model "
          + "is written")
    }
    return NewTensor("embedding.weight", .f16, [count, dimensions]) { append in
      try bytes.withUnsafeBytes(append)
    }
  }
}

/// How often each of a list of tokens occurs, and what that leaves it to say: a / (a + p) for the
/// share p of its occurrences in all (Arora, Liang & Ma, 2017).
struct TokenFrequencies {
  private let shares: [Double]
  private let a: Double

  /// Zipf's law: the n-th token of a vocabulary, which lists frequent ones first, has a share that
  /// falls as 1/n.
  init(rankedFirst count: Int) {
    // Of 1e-5, 3e-5, 1e-4 and 3e-4 the best for all-MiniLM-L6-v2 on the STS benchmark's dev set.
    a = 3e-5
    let total = (0..<count).reduce(0.0) { $0 + 1 / Double($1 + 1) }
    shares = (0..<count).map { 1 / Double($0 + 1) / total }
  }

  /// What was counted; a token that never occurred weighs most.
  /// - Parameter counts: of which one at least is more than 0
  init(counts: [Int]) {
    // The authors' value; of 3e-4, 1e-3 and 2e-3 the best there, too.
    a = 1e-3
    let total = Double(counts.reduce(0, +))
    shares = counts.map { Double($0) / total }
  }

  /// For each token, in order.
  var weights: [Float] { shares.map { Float(a / (a + $0)) } }
}

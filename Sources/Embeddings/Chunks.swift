package import Encoders
import ModelFiles
package import Tokenizers
package import Vectors

/// Texts that are read whole, however long they are: in chunks of the limit.
extension Embedder {
  // What bounds the memory of one text of very many chunks.
  private static let mostTokens = 1 << 20
  private static let mostNumbers = 1 << 24

  /// All tokens of a text behind a prompt, without special ones.
  /// - Parameter text: valid UTF-8
  /// - Throws: where the prompt leaves no room for a text over the limit
  package func uncutEncoding(of text: [UInt8], by route: Route) throws -> Encoding {
    if route.pipeline.tokenizer.chat != nil { return try wholeMessage(of: text, by: route) }
    let ids = try route.pipeline.tokenizer.tokens(of: route.prompt + text)
    _ = try Chunks(ids, route)
    return Encoding(ids: ids)
  }

  /// A text in a chat template, which cannot be read in parts.
  private func wholeMessage(of text: [UInt8], by route: Route) throws -> Encoding {
    let encoding = try route.encoding(of: text)
    guard !encoding.truncated else {
      throw FileError(
        "the text goes through a chat template, and is longer than the limit with it; such texts are not "
          + "read in chunks: cut it (--long cut)")
    }
    return encoding
  }

  /// A vector for each text, in order: of one below the limit its own, of a longer one the mean of
  /// its chunks' vectors, each as often as the chunk has tokens that are not special; at length 1
  /// again where the model's vectors are.
  /// - Parameter texts: of `uncutEncoding`
  package func chunkedVectors(
    of texts: [Encoding], by route: Route, cancelled: @escaping Cancellation = { false }
  ) throws -> Matrix {
    let pipeline = route.pipeline
    var means = ChunkMeans(
      columns: pipeline.width, kept: dimension, normalizes: pipeline.modules.last is Normalize)
    var (group, encodings, tokens) = ([ChunkMeans.Chunk](), [Encoding](), 0)
    func embedGroup() throws {
      let vectors = try model.rows(
        of: encodings, by: route, columns: pipeline.width, cancelled: cancelled)
      means.append(vectors, group)
      (group, encodings, tokens) = ([], [], 0)
    }
    for text in texts {
      let chunks = try Chunks(text.ids, route)
      for index in 0..<chunks.count {
        let ids = chunks[index]
        group.append(
          .init(weight: ids.count, isFirst: index == 0, isLast: index == chunks.count - 1))
        let encoding = try pipeline.tokenizer.encoding(of: ids)
        encodings.append(encoding)
        tokens += encoding.ids.count
        if tokens >= Self.mostTokens || group.count * pipeline.width >= Self.mostNumbers {
          try embedGroup()
        }
      }
    }
    try embedGroup()
    return Matrix(columns: dimension, means.done)
  }
}

extension Embedder {
  /// A text cut into as many chunks as it takes, as the encodings of texts of their own.
  /// - Parameter text: of `uncutEncoding`
  /// - Returns: with each chunk its tokens that are not special, its weight
  package func chunks(
    of text: Encoding, by route: Route
  ) throws -> [(encoding: Encoding, weight: Int)] {
    let chunks = try Chunks(text.ids, route)
    return try (0..<chunks.count).map { index in
      let ids = chunks[index]
      return (try route.pipeline.tokenizer.encoding(of: ids), ids.count)
    }
  }

  /// The vector of a text from those of its chunks, as `chunkedVectors` makes it.
  /// - Parameter vectors: whole ones, `[chunks, width]`
  package func vector(ofChunks vectors: Matrix, weights: [Int], by route: Route) -> [Float] {
    let pipeline = route.pipeline
    var means = ChunkMeans(
      columns: pipeline.width, kept: dimension, normalizes: pipeline.modules.last is Normalize)
    means.append(
      vectors,
      weights.enumerated().map {
        .init(weight: $1, isFirst: $0 == 0, isLast: $0 == weights.count - 1)
      })
    return means.done
  }
}

/// Makes the vectors of texts from those of their chunks, which come one after the other.
private struct ChunkMeans {
  struct Chunk {
    let weight: Int
    /// Of its text.
    let isFirst, isLast: Bool
  }

  let columns: Int
  /// How many of the first numbers stay.
  let kept: Int
  let normalizes: Bool
  /// The texts' vectors so far.
  private(set) var done: [Float] = []
  private var sum: [Double] = []
  private var weights = 0.0

  init(columns: Int, kept: Int, normalizes: Bool) {
    (self.columns, self.kept, self.normalizes) = (columns, kept, normalizes)
  }

  mutating func append(_ vectors: Matrix, _ chunks: [Chunk]) {
    for (row, chunk) in chunks.enumerated() {
      vectors.withRow(row) { append($0, chunk) }
    }
  }

  private mutating func append(_ vector: UnsafeBufferPointer<Float>, _ chunk: Chunk) {
    if chunk.isFirst && chunk.isLast {
      done += vector.prefix(kept)
      return
    }
    if chunk.isFirst {
      (sum, weights) = ([Double](repeating: 0, count: columns), 0)
    }
    for column in 0..<columns { sum[column] += Double(chunk.weight) * Double(vector[column]) }
    weights += Double(chunk.weight)
    guard chunk.isLast else { return }
    let mean = sum.map { Float($0 / weights) }
    done += (normalizes ? Matrix(columns: columns, mean).normalized()[0] : mean).prefix(kept)
  }
}

/// A text's tokens cut into chunks that fit below a limit, each with the prompt before it.
struct Chunks: Sendable {
  /// All tokens of prompt and text, without special ones.
  private let ids: [Int32]
  /// How many of these every chunk begins with.
  private let promptCount: Int
  /// How many of the others a chunk takes.
  private let room: Int

  // Each chunk computes the prompt again: with less room, a text's work is more than this many times
  // what its own tokens need.
  private static let mostWork = 16

  /// - Throws: where a text over the limit would have hardly any room beside the prompt.
  init(_ ids: [Int32], _ route: Route) throws {
    self.ids = ids
    let limit = min(route.limit ?? .max, route.bound.tokens) - route.specials
    guard ids.count > limit else {
      (promptCount, room) = (0, max(1, ids.count))
      return
    }
    // The prompt's last token may be another where text follows it; it is the text's then.
    promptCount = zip(ids, route.promptIDs).prefix { $0 == $1 }.count
    room = limit - promptCount
    guard room > 0, room * Self.mostWork >= limit else {
      throw FileError(
        "the prompt's \(promptCount) tokens leave \(room > 0 ? "too little" : "no") room for text below "
          + "the limit; take a shorter prompt, or cut the text (--long cut)")
    }
  }

  /// At least 1: a text without tokens has a vector, too.
  var count: Int { ids.count <= promptCount ? 1 : (ids.count - promptCount - 1) / room + 1 }

  /// The tokens of a chunk.
  subscript(_ chunk: Int) -> [Int32] {
    let text = ids[promptCount...].dropFirst(chunk * room).prefix(room)
    return Array(ids[..<promptCount]) + text
  }
}

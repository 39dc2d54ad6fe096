import Embeddings
import ModelFiles
import NIOCore
import Tokenizers
import Vectors

/// Texts over the limit that are read whole (`--long chunk`).
extension Service {
  /// A vector for each text: of one over the limit the mean of its chunks', as `embed encode --long
  /// chunk` gives it.
  func chunkedVectors(
    of inputs: [Input], _ wish: Wish, _ model: ServedModel, _ embedder: Embedder
  ) async throws -> (Matrix, Work) {
    var way = try self.way(wish, model)
    if wish.normalizes == false { way.aim = .beforeNormalize }
    way.isWhole = true
    let (lane, _) = try model.lane(way, of: engine)
    let set = try await chunks(of: inputs, lane, embedder)
    let (rows, work) = try await rows(of: set.encodings, set.work, lane, model)
    var first = 0
    var numbers: [Float] = []
    for weights in set.weights {
      let own = rows[first..<(first + weights.count)]
      first += weights.count
      numbers += embedder.vector(
        ofChunks: Matrix(columns: lane.width, Array(own.joined())), weights: weights, by: lane.route
      )
    }
    let matrix = Matrix(columns: embedder.dimension, numbers)
    return (wish.finished(matrix, isNormalized: lane.route.endsInNormalize), work)
  }

  private func chunks(
    of inputs: [Input], _ lane: Lane, _ embedder: Embedder
  ) async throws -> (encodings: [Encoding], weights: [[Int]], work: Work) {
    let start = NIODeadline.now()
    var (encodings, weights, work) = ([Encoding](), [[Int]](), Work())
    for (number, input) in inputs.enumerated() {
      guard case .text(let text) = input else {
        throw Problem.invalid(
          "texts that are read in chunks are sent as text, not token ids", "input")
      }
      do {
        let whole = try embedder.uncutEncoding(of: text, by: lane.route)
        let chunks = try embedder.chunks(of: whole, by: lane.route)
        encodings += chunks.map(\.encoding)
        weights.append(chunks.map(\.weight))
        work.tokens += chunks.reduce(0) { $0 + $1.encoding.ids.count }
      } catch let error as FileError {
        throw Problem.invalid("text \(number): \(error)", "input")
      }
      guard encodings.count * lane.width <= Self.mostNumbers else {
        throw Problem(
          .tooLarge, status: 413,
          "the texts make more than \(encodings.count) chunks, too many for one request; send fewer",
          parameter: "input")
      }
      try Task.checkCancellation()
      await Task.yield()
    }
    (work.texts, work.tokenize) = (inputs.count, .now() - start)
    return (encodings, weights, work)
  }

  // What bounds the memory of one request of very many chunks: 64 MB.
  private static let mostNumbers = 1 << 24
}

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
    let set = try await chunks(of: inputs, lane, embedder, model)
    let texts = set.weights.enumerated().flatMap { repeatElement($0, count: $1.count) }
    var (rows, work) = try await rows(of: set.encodings, set.work, lane, model) { texts[$0] }
    work.rooms.append(
      try await answers.part(
        VectorAnswer.bytes(rows: inputs.count, columns: embedder.dimension)))
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
    of inputs: [Input], _ lane: Lane, _ embedder: Embedder, _ model: ServedModel
  ) async throws -> (encodings: [Encoding], weights: [[Int]], work: Work) {
    let start = NIODeadline.now()
    var (encodings, weights, work) = ([Encoding](), [[Int]](), Work())
    for (number, input) in inputs.enumerated() {
      let place = TextSet.place(number, of: inputs.count)
      do {
        let chunks = try chunks(of: input, lane, embedder)
        encodings += chunks.map(\.encoding)
        weights.append(chunks.map(\.weight))
        work.tokens += chunks.reduce(0) { $0 + $1.encoding.ids.count }
      } catch let error as FileError {
        throw Problem.invalid(place + model.legible(error), "input")
      } catch let problem as Problem {
        throw problem.at(place)
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

  /// Token ids of the model's own are one chunk: where another would end is not known of them.
  private func chunks(
    of input: Input, _ lane: Lane, _ embedder: Embedder
  ) throws -> [(encoding: Encoding, weight: Int)] {
    switch try asText(input) {
    case .text(let text):
      let whole = try embedder.uncutEncoding(of: text, by: lane.route)
      return try embedder.chunks(of: whole, by: lane.route)
    case .ids(let ids):
      let encoding = try encoding(ofFramed: ids, lane.route)
      guard !encoding.truncated else {
        throw Problem.invalid(
          "the \(ids.count) token ids are more than the \(lane.route.limit ?? 0) that are read at "
            + "once; texts that are read in chunks are sent as text", "input")
      }
      return [(encoding, 1)]
    }
  }

  // What bounds the memory of one request of very many chunks: 64 MB.
  private static let mostNumbers = 1 << 24
}

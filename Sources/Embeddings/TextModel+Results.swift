package import Encoders
import ModelFiles
import Tensors
package import Tokenizers
import Vectors

/// From texts to tokens, and from tokens to what the model makes of them.
extension TextModel {
  /// The tokens of many texts, on all threads.
  /// - Parameter named: how an error names a text, by its index
  package func encodings(
    of texts: [[UInt8]], by route: Route,
    named: @Sendable (Int) -> String = { "text \($0 + 1)" }
  ) throws -> [Encoding] {
    // At this size the cost of handing out texts is negligible.
    try Parallel.map(texts.count, share: 64, threads: options.threads) { index in
      do {
        return try route.encoding(of: texts[index])
      } catch let error as FileError {
        throw FileError("\(named(index)): \(error)")
      }
    }
  }

  /// What the model makes of each text's tokens, in order. Numbers may be infinite or NaN if the
  /// weights are; who prints them must ask first.
  /// - Parameters:
  ///   - mostActive: how many numbers of a sparse vector stay; by default as many as the model says
  ///   - threads: how many work at it; by default as many as the model may use
  ///   - isWhole: whether vectors keep all numbers, also where the model's files say how many stay
  ///   - cancelled: asked before each micro-batch and each layer; `true`, which it then stays, ends
  ///     in `CancellationError`
  package func results(
    of texts: [Encoding], by route: Route, mostActive: Int? = nil, threads: Int? = nil,
    isWhole: Bool = false, cancelled: @escaping Cancellation = { false }
  ) throws -> Results {
    let threads = threads ?? options.threads
    switch route.kind {
    case .vector(let width):
      let columns = isWhole ? width : columns(of: route)
      return .rows(
        try rows(of: texts, by: route, columns: columns, threads: threads, cancelled: cancelled))
    case .scores(let labels):
      return .rows(
        try rows(of: texts, by: route, columns: labels, threads: threads, cancelled: cancelled))
    case .tokens(let width):
      let (batches, parts) = try batched(texts, by: route, threads, cancelled) { features in
        (0..<features.layout.count).map { features.tokenEmbeddings.rows(features.layout[$0]) }
      }
      return .ragged(RaggedMatrix(columns: width, inOrder(batches, parts)))
    case .sparse(let vocabulary):
      let kept = mostActive ?? self.mostActive
      let (batches, parts) = try batched(texts, by: route, threads, cancelled) { features in
        let rows = features.sparse ?? SparseMatrix(compressing: features.vectors)
        return (0..<rows.rows).map { row in
          kept.map(rows[row].mostActive) ?? rows[row]
        }
      }
      return .sparse(SparseMatrix(columns: vocabulary, inOrder(batches, parts)))
    }
  }

  /// How many numbers of a row stay.
  package func columns(of route: Route) -> Int {
    guard case .vector(let width) = route.kind else { return route.kind.width }
    return min(truncatedDimension ?? width, width)
  }

  /// The first numbers of the row that the model makes of each text, `columns` of them.
  func rows(
    of texts: [Encoding], by route: Route, columns: Int, threads: Int? = nil,
    cancelled: @escaping Cancellation
  ) throws -> Matrix {
    // Those of micro-batches, and then all together.
    try MemoryBound.check(
      texts.count, route.pipeline.width, 2 * MemoryLayout<Float>.stride,
      for: "\(folder.path): vectors of \(route.pipeline.width) numbers for \(texts.count) texts")
    let (batches, parts) = try batched(texts, by: route, threads ?? options.threads, cancelled) {
      $0.vectors
    }
    let rows = Matrix(
      Tensor([texts.count, columns]) { out in
        guard let out = out.baseAddress else { return }
        for (batch, part) in zip(batches, parts) {
          part.withFloats { rows in
            for (row, text) in batch.enumerated() {
              for column in 0..<columns {
                out[text * columns + column] = rows[row * part.columns + column]
              }
            }
          }
        }
      })
    try checkHoles(rows, texts, by: route)
    return rows
  }

  /// Fewer tokens go through the network together, and threads share its products. In float32,
  /// reading and packing the weights takes longer than computing, and each thread then does a part
  /// of that.
  package var fewTokens: Int { options.precision == .f32 ? 64 : 1 }

  /// What `take` keeps of each micro-batch's features, and the numbers of the texts in each.
  private func batched<Part: Sendable>(
    _ texts: [Encoding], by route: Route, _ threads: Int, _ cancelled: @escaping Cancellation,
    take: @Sendable (Features) -> Part
  ) throws -> (batches: [[Int]], parts: [Part]) {
    // A row of results counts as a token for each 512 numbers in it: a BoW has one for every word
    // there is. A text without tokens has a row like any other, once it is pooled.
    let least = max(1, route.pipeline.width >> 9)
    let lengths = texts.map { max(least, $0.ids.count) }
    let batches = Batcher.batches(
      lengths: lengths, budget: min(options.batchTokens, route.bound.batchTokens),
      workers: min(threads, max(1, lengths.reduce(0, +) / fewTokens)))
    // Where texts are fewer than threads, as at a job's end, several share an operation.
    let sharing = max(1, threads / max(1, batches.count))
    let parts = try Parallel.map(batches.count, threads: threads) { index in
      if cancelled() { throw CancellationError() }
      return try Parallel.sharing(sharing) {
        let features = route.pipeline(
          batches[index].map { texts[$0] }, promptLength: route.promptLength, side: route.side,
          cancelled: cancelled)
        if cancelled() { throw CancellationError() }
        if let problem = features.problem { throw problem }
        return take(features)
      }
    }
    // A page that was gone was read as zeros: nothing computed since may be believed.
    try checkIntact()
    return (batches, parts)
  }

  /// Each text's part, in the order of the texts.
  private func inOrder<Part>(_ batches: [[Int]], _ parts: [[Part]]) -> [Part] {
    zip(batches.joined(), parts.joined()).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

import Encoders
package import ModelFiles
package import Tensors
package import Tokenizers
package import Vectors

/// A prompt's bytes, and how many tokens it takes where a pooling leaves those out.
package struct PreparedPrompt: Sendable {
  package let bytes: [UInt8]
  let tokens: Int

  package init(_ text: String, _ embedder: Embedder) throws {
    bytes = Array(text.utf8)
    guard !bytes.isEmpty else {
      tokens = 0
      return
    }
    let ids = try embedder.encoding(of: bytes).ids
    // As the reference counts them: the prompt alone, without a special token at its end.
    let closes = ids.last.map(embedder.transformer.tokenizer.isSpecial) ?? false
    tokens = ids.count - (closes ? 1 : 0)
  }
}

/// The steps between text and vector, for those who interleave them with reading and writing.
extension Embedder {
  /// The tokens of a text, cut to the limit.
  /// - Parameter text: valid UTF-8
  package func encoding(of text: [UInt8], _ prompt: PreparedPrompt? = nil) throws -> Encoding {
    let text = prompt.map { $0.bytes.isEmpty ? text : $0.bytes + text } ?? text
    return try transformer.reader.encoding(of: text, limit: limit)
  }

  /// The tokens of many texts, on all threads.
  package func encodings(of texts: [[UInt8]], _ prompt: PreparedPrompt) throws -> [Encoding] {
    // Large enough a share that handing it out costs nothing beside it.
    let share = 64
    return try Parallel.map((texts.count + share - 1) / share, threads: options.threads) { part in
      try texts[part * share..<min((part + 1) * share, texts.count)].map {
        try encoding(of: $0, prompt)
      }
    }.flatMap { $0 }
  }

  /// A vector for each text's tokens, in order. A vector may be infinite or NaN if the weights
  /// are; who prints it must ask `isFinite(row:)` first.
  /// - Parameter cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func vectors(
    of texts: [Encoding], _ prompt: PreparedPrompt, cancelled: @Sendable () -> Bool = { false }
  ) throws -> Matrix {
    let batches = Batcher.batches(
      lengths: texts.map(\.ids.count), budget: options.batchTokens, workers: options.threads)
    let parts = try Parallel.map(batches.count, threads: options.threads) { index in
      if cancelled() { throw CancellationError() }
      return vectors(ofBatch: batches[index].map { texts[$0] }, prompt)
    }
    // A page that was gone was read as zeros: nothing computed since may be believed.
    try transformer.files.checkIntact()
    return Matrix(
      Tensor([texts.count, dimension]) { out in
        guard let out = out.baseAddress else { return }
        for (batch, part) in zip(batches, parts) {
          part.withFloats { rows in
            for (row, text) in batch.enumerated() {
              for column in 0..<dimension {
                out[text * dimension + column] = rows[row * dimension + column]
              }
            }
          }
        }
      })
  }

  /// - Shapes: B texts → `[B, E]`
  private func vectors(ofBatch texts: [Encoding], _ prompt: PreparedPrompt) -> Tensor {
    let batch = TokenBatch(texts.map { (ids: $0.ids, segments: $0.segments) })
    let tokens = Features(
      packing: batch.packing, promptLength: prompt.tokens, values: transformer.encoder(batch))
    return modules.reduce(tokens) { features, module in module(features) }.values
  }

  /// What to say of a vector with an infinite number or NaN in it.
  package func notFinite(_ place: String) -> FileError {
    FileError(
      "\(place): its vector is not finite (a NaN or an infinity came out of the model); "
        + "look for NaN or overflowing weights in "
        + transformer.files.files.map(\.path).joined(separator: ", "))
  }

  /// Floating-point operations that a text of so many tokens takes.
  package func operations(tokens: Int) -> Double { transformer.encoder.operations(tokens: tokens) }

  /// Bare products of this model's shapes, to measure against.
  package func productRate() -> ProductRate {
    // More rows are no faster, and take memory.
    ProductRate(transformer.encoder.products, rows: min(options.batchTokens, 4096))
  }
}

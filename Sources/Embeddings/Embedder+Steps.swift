package import ModelFiles
package import Tensors
package import Tokenizers
package import Vectors

/// What goes before each text, and the way that texts behind it take.
package struct PreparedPrompt: Sendable {
  package let bytes: [UInt8]
  /// How many tokens it takes, where a pooling leaves those out.
  let tokens: Int
  /// Its own tokens, without special ones.
  let ids: [Int32]
  private(set) var pipeline: Pipeline

  /// A prompt's text, and the way of texts of no task.
  package init(_ text: String, _ embedder: Embedder) throws {
    try self.init(text, task: nil, embedder)
  }

  /// The model's prompt of that name, and the way of the task of that name where it is one.
  package init(named name: String, _ embedder: Embedder) throws {
    try self.init(
      embedder.prompts.text(named: name), task: embedder.list.task(named: name), embedder)
  }

  private init(_ text: String, task: String?, _ embedder: Embedder) throws {
    let choice = try embedder.list.route(task)
    guard let pipeline = embedder.pipelines[choice] else {
      throw FileError("\(embedder.list.file): no route \(choice.joined(separator: ", "))")
    }
    self.pipeline = pipeline
    bytes = Array(text.utf8)
    tokens = try pipeline.reader.promptLength(bytes, limit: pipeline.limit)
    ids = bytes.isEmpty ? [] : try pipeline.reader.tokens(of: bytes)
  }

  /// The most tokens that are read of a text; `nil` for all.
  package var limit: Int? { pipeline.limit }

  /// The same way, but for a Normalize at its end.
  var beforeNormalize: PreparedPrompt {
    var prompt = self
    prompt.pipeline = pipeline.beforeNormalize
    return prompt
  }
}

/// The steps between text and vector, for those who interleave them with reading and writing.
extension Embedder {
  /// The tokens of a text behind a prompt, cut to the limit.
  /// - Parameter text: valid UTF-8
  package func encoding(of text: [UInt8], _ prompt: PreparedPrompt) throws -> Encoding {
    let text = prompt.bytes.isEmpty ? text : prompt.bytes + text
    return try prompt.pipeline.reader.encoding(of: text, limit: prompt.limit)
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
    try vectors(of: texts, prompt, columns: dimension, cancelled: cancelled)
  }

  /// The first numbers of each text's vector, `columns` of them.
  func vectors(
    of texts: [Encoding], _ prompt: PreparedPrompt, columns: Int,
    cancelled: @Sendable () -> Bool
  ) throws -> Matrix {
    let batches = Batcher.batches(
      // A text without tokens has a row like any other, once it is pooled.
      lengths: texts.map { max(1, $0.ids.count) }, budget: options.batchTokens,
      workers: options.threads)
    // Where texts are fewer than threads, as at a job's end, several share an operation.
    let sharing = max(1, options.threads / max(1, batches.count))
    let parts = try Parallel.map(batches.count, threads: options.threads) { index in
      if cancelled() { throw CancellationError() }
      return Parallel.sharing(sharing) {
        prompt.pipeline(batches[index].map { texts[$0] }, promptLength: prompt.tokens)
      }
    }
    // A page that was gone was read as zeros: nothing computed since may be believed.
    for file in weights { try file.checkIntact() }
    return Matrix(
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
  }

  /// The files that hold the weights of all modules, each once.
  var weights: [TensorFile] {
    var seen: Set<String> = []
    return pipelines.values.flatMap(\.info).compactMap(\.weights).filter { file in
      seen.insert(file.files.first?.path ?? "").inserted
    }
  }

  /// What to say of a vector with an infinite number or NaN in it.
  package func notFinite(_ place: String) -> FileError {
    FileError(
      "\(place): its vector is not finite (a NaN or an infinity came out of the model); "
        + "look for NaN or overflowing weights in "
        + weights.flatMap(\.files).map(\.path).sorted().joined(separator: ", "))
  }

  /// Floating-point operations that a text of so many tokens takes.
  package func operations(tokens: Int, _ prompt: PreparedPrompt) -> Double {
    prompt.pipeline.operations(tokens: tokens)
  }

  /// Bare products of this model's shapes, to measure against; of none if it has none.
  package func productRate(_ prompt: PreparedPrompt) -> ProductRate {
    // More rows are no faster, and take memory.
    ProductRate(prompt.pipeline.products, rows: min(options.batchTokens, 4096))
  }
}

import Embeddings
import Tensors
import Tokenizers

/// The measurements of one number of threads.
struct BenchResult {
  let threads: Int
  let texts, tokens: Int
  /// Seconds.
  let load, firstVector, encoding, tokenizing: Double
  /// Floating-point operations of one pass over the texts.
  let operations: Double
  /// Operations a second of bare products in the same rounds.
  let productRate: Double
  /// Bytes of text, and of the process at its largest.
  let textBytes, peakMemory: Int

  var rate: Double { operations / encoding }
  /// `nil` for a model without products, as a table of word vectors is one.
  var share: Double? { productRate > 0 ? rate / productRate : nil }
}

/// Measures one number of threads: loading, the first vector, then rounds of encoding and of bare
/// products in turn, so that a busy machine slows both.
struct BenchRun {
  let folder: String
  let texts: [[UInt8]]
  let rounds: Int
  let options: EmbedderOptions

  func measured() throws -> BenchResult {
    let start = Clock.seconds
    let embedder = try Embedder(folder: folder, options: options)
    let load = Clock.seconds - start
    let prompt = try PreparedPrompt("", embedder)
    _ = try embedder.vectors(of: [embedder.encoding(of: Array("first".utf8), prompt)], prompt)
    let firstVector = Clock.seconds - start
    let tokenizing = try (0..<rounds).map { _ in
      try Self.timed { for text in texts { _ = try embedder.encoding(of: text, prompt) } }
    }
    let encodings = try embedder.encodings(of: texts, prompt)
    let products = embedder.productRate(prompt)
    _ = try products.measure(threads: options.threads)
    var encoding: [Double] = []
    var rates: [Double] = []
    for _ in 0..<rounds {
      if Interrupt.requested { throw CancellationError() }
      encoding.append(
        try Self.timed {
          _ = try embedder.vectors(of: encodings, prompt) { Interrupt.requested }
        })
      rates.append(try productRate(products, seconds: min(encoding[0], 2)))
    }
    return BenchResult(
      threads: options.threads, texts: texts.count,
      tokens: encodings.reduce(0) { $0 + $1.ids.count }, load: load, firstVector: firstVector,
      encoding: Self.median(encoding), tokenizing: Self.median(tokenizing),
      operations: encodings.reduce(0) { $0 + embedder.operations(tokens: $1.ids.count, prompt) },
      productRate: Self.median(rates), textBytes: texts.reduce(0) { $0 + $1.count },
      peakMemory: PeakMemory.bytes)
  }

  /// The median over as many runs of all shapes as fit in some seconds.
  private func productRate(_ products: ProductRate, seconds: Double) throws -> Double {
    let end = Clock.seconds + seconds
    var rates: [Double] = []
    repeat {
      rates.append(try products.measure(threads: options.threads))
    } while Clock.seconds < end
    return Self.median(rates)
  }

  private static func timed(_ body: () throws -> Void) rethrows -> Double {
    let start = Clock.seconds
    try body()
    return Clock.seconds - start
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

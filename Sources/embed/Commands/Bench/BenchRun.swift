import Embeddings
import Glibc
import Machine
import Tensors
import Tokenizers
import Vectors

/// The measurements of one precision and number of threads.
struct BenchResult {
  let precision: EmbedderOptions.Precision
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
  /// Of the vectors from float32's, where those were computed too.
  let distance: VectorDistance?

  var rate: Double { operations / encoding }
  /// `nil` for a model without products, as a table of word vectors is one.
  var share: Double? { productRate > 0 ? rate / productRate : nil }
}

/// How much vectors differ from those they should be.
struct VectorDistance {
  /// The largest difference of two numbers.
  let largest: Float
  let leastCosine: Float

  init(_ vectors: Matrix, from exact: Matrix) {
    largest = (0..<exact.rows).reduce(0) { largest, row in
      zip(vectors[row], exact[row]).reduce(largest) { max($0, ($1.0 - $1.1).magnitude) }
    }
    leastCosine = Similarity.cosine.pairwise(vectors, exact).min() ?? 1
  }
}

/// Measures one precision and number of threads: loading, the first vector, then rounds of encoding
/// and of bare products in turn, so that a busy machine slows both.
struct BenchRun {
  let folder: String
  let texts: [[UInt8]]
  let rounds: Int
  /// The texts' vectors in float32, to compare with.
  let exact: Matrix?
  let options: EmbedderOptions

  /// The vectors of all texts.
  static func vectors(
    of texts: [[UInt8]], folder: String, options: EmbedderOptions
  ) throws -> Matrix {
    let embedder = try Embedder(folder: folder, options: options)
    let prompt = try embedder.model.route(prompt: "")
    return try embedder.vectors(of: embedder.model.encodings(of: texts, by: prompt), by: prompt) {
      Interrupt.requested
    }
  }

  func measured() throws -> BenchResult {
    PeakMemory.reset()
    let start = ContinuousClock.now
    let embedder = try Embedder(folder: folder, options: options)
    let load = start.duration(to: .now) / .seconds(1)
    let prompt = try embedder.model.route(prompt: "")
    _ = try embedder.vectors(of: [prompt.encoding(of: Array("first".utf8))], by: prompt)
    let firstVector = start.duration(to: .now) / .seconds(1)
    let tokenizing = try (0..<rounds).map { _ in
      try Self.timed {
        for text in texts {
          try Interrupt.check()
          _ = try prompt.encoding(of: text)
        }
      }
    }
    let encodings = try embedder.model.encodings(of: texts, by: prompt)
    let products = embedder.model.matmulRate(prompt)
    _ = try products.measure(threads: options.threads)
    var encoding: [Double] = []
    var distance: VectorDistance?
    var rates: [Double] = []
    for _ in 0..<rounds {
      try Interrupt.check()
      var vectors: Matrix?
      encoding.append(
        try Self.timed {
          vectors = try embedder.vectors(of: encodings, by: prompt) { Interrupt.requested }
        })
      distance = exact.flatMap { exact in vectors.map { VectorDistance($0, from: exact) } }
      rates.append(try productRate(products, seconds: min(encoding[0], 2)))
    }
    return BenchResult(
      precision: options.precision, threads: options.threads, texts: texts.count,
      tokens: encodings.reduce(0) { $0 + $1.ids.count }, load: load, firstVector: firstVector,
      encoding: Self.median(encoding), tokenizing: Self.median(tokenizing),
      operations: encodings.reduce(0) { $0 + prompt.operations(tokens: $1.ids.count) },
      productRate: Self.median(rates), textBytes: texts.reduce(0) { $0 + $1.count },
      peakMemory: PeakMemory.bytes, distance: distance)
  }

  /// The median over as many runs of all shapes as fit in some seconds.
  private func productRate(_ products: MatmulRate, seconds: Double) throws -> Double {
    let end = ContinuousClock.now + .seconds(seconds)
    var rates: [Double] = []
    repeat {
      try Interrupt.check()
      rates.append(try products.measure(threads: options.threads))
    } while ContinuousClock.now < end
    return Self.median(rates)
  }

  private static func timed(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// The most memory that this process has held at once.
enum PeakMemory {
  /// Counts afresh from what the process holds now, where the kernel allows it.
  static func reset() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    // 5 resets the peak and nothing else (Linux, Documentation/filesystems/proc.rst).
    _ = write(file, "5", 1)
    close(file)
  }

  /// In bytes. The kernel's `VmHWM` starts afresh with a program, while `getrusage` still counts
  /// what the process was before it became this program.
  static var bytes: Int {
    for line in (kernelText("/proc/self/status") ?? "").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.first == "VmHWM:", words.count > 1, let kibibytes = Int(words[1]) {
        return kibibytes << 10
      }
    }
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss << 10
  }
}

import Embeddings
import Glibc
import Machine
import Tensors

/// The measurements of one precision and number of threads.
struct BenchResult {
  let precision: EmbedderOptions.Precision
  let threads: Int
  /// How many texts or pairs.
  let inputs, tokens: Int
  /// Seconds.
  let load, first, encoding, tokenizing: Double
  /// Floating-point operations of one pass over the inputs.
  let operations: Double
  /// Operations a second of bare products, and of registers alone, in the same rounds.
  let productRate, limit: Double
  /// Bytes of text, and of the process at its largest.
  let textBytes, peakMemory: Int
  /// Of the results from float32's, where those were computed too.
  let distance: ResultDistance?

  var rate: Double { operations / encoding }
  /// `nil` for a model without products, as a table of word vectors is one.
  var share: Double? { productRate > 0 ? rate / productRate : nil }
  var shareOfLimit: Double? { productRate > 0 && limit > 0 ? rate / limit : nil }
}

/// Measures one precision and number of threads: loading, the first result, then rounds of encoding
/// and of bare products in turn, so that a busy machine slows both.
struct BenchRun {
  let folder: String
  let inputs: BenchInputs
  let rounds: Int
  /// What float32 makes of the inputs, to compare with.
  let exact: Results?
  let options: EmbedderOptions

  /// What the model makes of all inputs.
  static func results(
    of inputs: BenchInputs, folder: String, options: EmbedderOptions
  ) throws -> Results {
    let model = try BenchModel(folder: folder, options: options)
    return try model(model.tokens(of: inputs))
  }

  func measured() throws -> BenchResult {
    PeakMemory.reset()
    let start = ContinuousClock.now
    let model = try BenchModel(folder: folder, options: options)
    let load = start.duration(to: .now) / .seconds(1)
    _ = try model(model.tokens(of: .first(arePairs: inputs.arePairs)))
    let first = start.duration(to: .now) / .seconds(1)
    let tokenizing = try (0..<rounds).map { _ in
      try Self.timed {
        for row in inputs.rows {
          try Interrupt.check()
          try model.tokenize(row)
        }
      }
    }
    let tokens = try model.tokens(of: inputs)
    let products = model.products
    _ = try products.measure(threads: options.threads)
    var encoding: [Double] = []
    var distance: ResultDistance?
    var rates: [Double] = []
    var limits: [Double] = []
    for _ in 0..<rounds {
      try Interrupt.check()
      var results: Results?
      encoding.append(try Self.timed { results = try model(tokens) })
      if let exact, let results {
        distance = ResultDistance(results, from: exact, areScores: inputs.arePairs)
      }
      rates.append(
        try medianRate(seconds: min(encoding[0], 2)) {
          try products.measure(threads: options.threads)
        })
      limits.append(
        try medianRate(seconds: min(encoding[0], 0.1)) {
          try RegisterRate.measure(options.precision.tensors, threads: options.threads)
        })
    }
    return BenchResult(
      precision: options.precision, threads: options.threads, inputs: inputs.rows.count,
      tokens: tokens.counts.reduce(0, +), load: load, first: first,
      encoding: Self.median(encoding), tokenizing: Self.median(tokenizing),
      operations: tokens.counts.reduce(0) { $0 + model.operations(tokens: $1) },
      productRate: Self.median(rates), limit: Self.median(limits), textBytes: inputs.byteCount,
      peakMemory: PeakMemory.bytes,
      distance: distance)
  }

  /// The median over as many measurements as fit in some seconds.
  private func medianRate(seconds: Double, _ measure: () throws -> Double) throws -> Double {
    let end = ContinuousClock.now + .seconds(seconds)
    var rates: [Double] = []
    repeat {
      try Interrupt.check()
      rates.append(try measure())
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

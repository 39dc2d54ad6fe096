import ArgumentParser
import Embeddings
import Machine
import ModelFiles
import Tensors

/// `embed bench`: speed and memory, beside the machine's limit.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure speed and memory, and compare with the machine's limit.",
    discussion: """
      Encodes the texts of FILE (or texts of its own), several times over, in turn \
      with bare matrix products of the same shapes, and prints medians. The share is \
      the rate of the model's operations, products and attention, divided by the rate of the bare \
      products; the limit is the rate of the same instructions on registers alone, which no product \
      passes. For precisions other than f32, also prints how far their vectors are from f32's. \
      A reranker scores pairs: FILE is csv, tsv or JSON lines with query and document.
      """)

  @Argument(
    help: ArgumentHelp("Encode the texts of this file.", valueName: "FILE"),
    completion: .file())
  var file: String?

  @OptionGroup var model: ModelName

  @Option(help: ArgumentHelp("Measure these precisions, separated by commas.", valueName: "LIST"))
  var precision: String = Precision.f32.rawValue

  @Option(
    help: ArgumentHelp(
      "Measure these numbers of threads, separated by commas (default: one, and all).",
      valueName: "LIST"))
  var threads: String?

  @OptionGroup var limits: LimitOptions

  @Option(help: ArgumentHelp("Measure N times.", valueName: "N"))
  var rounds: Int = 3

  @OptionGroup var report: ReportOptions

  /// More say no more, and each round's figures are kept until the end.
  private static let mostRounds = 1_000_000

  func validate() throws {
    guard 1...Self.mostRounds ~= rounds else {
      throw ValidationError("--rounds must be from 1 to \(Self.mostRounds)")
    }
    _ = try precisions()
    _ = try threadCounts()
  }

  func run() throws {
    for precision in try precisions() { try precision.check() }
    let folder = try model.folder(Messages(isQuiet: limits.quiet))
    let precisions = try precisions()
    let first = try TextModel(folder: folder, options: options(precisions[0], threads: nil))
    if let notice = first.notice { Messages(isQuiet: limits.quiet).note(notice) }
    let inputs = try BenchInputs(file: file, arePairs: first.modelKind == .rerank)
    let exact = precisions == [.f32] ? nil : try exactResults(of: inputs, folder)
    let results = try precisions.flatMap { precision in
      try threadCounts().map { threads in
        try BenchRun(
          folder: folder, inputs: inputs, rounds: rounds, exact: exact,
          options: options(precision, threads: threads)
        ).measured()
      }
    }
    let found = BenchReport(model: folder, inputs: inputs, results: results)
    try report.write(found.text, found.value)
  }

  /// What f32 makes of the texts, for comparison; `nil`, with a notice, where the model is too large for
  /// it, or kept in 8 bits.
  private func exactResults(of inputs: BenchInputs, _ folder: String) throws -> Results? {
    do {
      return try BenchRun.results(of: inputs, folder: folder, options: options(.f32, threads: nil))
    } catch let error as FileError {
      Messages(isQuiet: limits.quiet).note("not compared with f32: \(error.description)")
      return nil
    }
  }

  private func options(_ precision: Precision, threads: Int?) -> EmbedderOptions {
    var options = limits.options(precision, threads: threads)
    (options.kind, options.modelName) = (model.kind, model.asked())
    options.task = model.adapter.task
    return options
  }

  private func precisions() throws -> [Precision] {
    let names = precision.split(separator: ",")
    if names.isEmpty { throw ValidationError("--precision is empty; give one, such as f32") }
    return try names.map { name in
      guard let choice = PrecisionChoice(argument: String(name)) else {
        let known = PrecisionChoice.names.joined(separator: ", ")
        throw ValidationError("--precision \(name) is not known; known are \(known)")
      }
      return choice.precision
    }
  }

  private func threadCounts() throws -> [Int] {
    guard let threads else { return Processors.allowed == 1 ? [1] : [1, Processors.allowed] }
    let counts = threads.split(separator: ",").map { Int($0) ?? 0 }
    guard let least = counts.min(), least >= 1 else {
      throw ValidationError("--threads takes whole numbers from 1, separated by commas")
    }
    return counts.map { min($0, Processors.allowed) }
  }
}

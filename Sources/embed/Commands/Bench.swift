import ArgumentParser
import Embeddings
import ModelFiles
import Tensors

/// `embed bench`: how fast, how much memory, how close to the machine's limit.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How fast, how much memory, how close to the machine's limit.",
    discussion: """
      Encodes the texts of FILE, a line each (or texts of its own), several times over, in turn \
      with bare matrix products of the same shapes, and tells the medians. The share is that of \
      the model's operations, products and attention, in the rate of the bare products. Where \
      other precisions than f32 are asked for, their distance from it is that of the texts' vectors.
      """)

  @Argument(
    help: ArgumentHelp("Texts to encode, a line each.", valueName: "FILE"), completion: .file())
  var file: String?

  @Option(
    name: [.short, .customLong("model")],
    help: ArgumentHelp("A model directory, or a model's name.", valueName: "DIR|NAME"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp("Precisions to measure, with commas between them.", valueName: "LIST"))
  var precision: String = Precision.f32.rawValue

  @Option(
    help: ArgumentHelp(
      "Numbers of threads to measure, with commas between them (default: one, and all).",
      valueName: "LIST"))
  var threads: String?

  @Option(help: ArgumentHelp("Tokens that go through the model together.", valueName: "N"))
  var batchTokens: Int = 512

  @Option(
    help: ArgumentHelp("Read fewer tokens of each text than the model would.", valueName: "N"))
  var maxLength: Int?

  @Option(help: ArgumentHelp("How often each is measured.", valueName: "N"))
  var rounds: Int = 3

  @Flag(help: "No notices: errors only.")
  var quiet = false

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds must be at least 1") }
    if batchTokens < 1 { throw ValidationError("--batch-tokens must be at least 1") }
    if let maxLength, maxLength < 1 { throw ValidationError("--max-length must be at least 1") }
    _ = try precisions()
    _ = try threadCounts()
  }

  func run() throws {
    for precision in try precisions() { try precision.check() }
    let folder = try ModelFinder().folder(of: model, Messages(isQuiet: false))
    let texts = try file.map(Self.lines) ?? BenchTexts.standard
    guard !texts.isEmpty else {
      throw FileError("\(file ?? "the input"): no texts to measure with; give a line or more")
    }
    let precisions = try precisions()
    let exact =
      precisions == [.f32]
      ? nil : try BenchRun.vectors(of: texts, folder: folder, options: options(.f32, threads: nil))
    let results = try precisions.flatMap { precision in
      try threadCounts().map { threads in
        try BenchRun(
          folder: folder, texts: texts, rounds: rounds, exact: exact,
          options: options(precision, threads: threads)
        ).measured()
      }
    }
    let output = try OutputFile(nil)
    let report = BenchReport(model: folder, texts: texts, results: results)
    try output.write(json ? report.value.line : Array(report.text.utf8))
    try output.finish()
  }

  private func options(_ precision: Precision, threads: Int?) -> EmbedderOptions {
    EmbedderOptions(
      threads: threads, batchTokens: batchTokens, maximumLength: maxLength,
      precision: .init(precision))
  }

  private func precisions() throws -> [Precision] {
    let names = precision.split(separator: ",")
    if names.isEmpty { throw ValidationError("--precision names none; f32 is one") }
    return try names.map { name in
      guard let precision = Precision(rawValue: String(name)) else {
        let known = Precision.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--precision \(name) is not known; known are \(known)")
      }
      return precision
    }
  }

  private func threadCounts() throws -> [Int] {
    guard let threads else {
      return Processors.allowed == 1 ? [1] : [1, Processors.allowed]
    }
    let counts = threads.split(separator: ",")
    if counts.isEmpty {
      throw ValidationError("--threads takes whole numbers from 1, with commas between them")
    }
    return try counts.map { text in
      guard let count = Int(text), count >= 1 else {
        throw ValidationError("--threads takes whole numbers from 1, with commas between them")
      }
      return min(count, Processors.allowed)
    }
  }

  private static func lines(_ path: String) throws -> [[UInt8]] {
    var reader = try RowReader([path], format: .lines)
    var texts: [[UInt8]] = []
    while true {
      let rows = try reader.next(upTo: 1 << 14, bytes: 16 << 20)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { return texts }
      for row in rows {
        guard let text = row.text else { throw FileError(row.problem ?? "a row cannot be read") }
        texts.append(text)
      }
    }
  }
}

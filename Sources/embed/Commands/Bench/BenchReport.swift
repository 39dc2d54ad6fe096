import Embeddings
import ModelFiles
import Tensors

/// What `bench` found, as a table or as JSON.
struct BenchReport {
  let model: String
  let inputs: BenchInputs
  let results: [BenchResult]

  var text: String {
    let headings = BenchResult.headings(inputs)
    var table = Table(
      [.left] + headings.map { _ in .right }, header: ["precision"] + headings)
    for result in results { table.append([result.precision.rawValue] + result.cells) }
    let (count, tokens) = (inputs.rows.count, results.first?.tokens ?? 0)
    let mean = Double(tokens) / Double(max(count, 1))
    return "\(model): \(count) \(inputs.name), \(tokens) tokens, \(fixed(mean, 1)) each\n"
      + table.text
  }

  var value: JSONValue {
    .object([
      ("model", .string(model)), (inputs.name, .int(inputs.rows.count)),
      ("tokens", .int(results.first?.tokens ?? 0)),
      ("results", .array(results.map { $0.value(inputs) })),
    ])
  }
}

extension BenchResult {
  fileprivate static func headings(_ inputs: BenchInputs) -> [String] {
    [
      "threads", "load ms", inputs.arePairs ? "first score ms" : "first vector ms",
      "tokenizing MB/s", "\(inputs.name)/s", "tokens/s", "GFLOP/s", "sgemm GFLOP/s", "share",
      "instructions", "limit GFLOP/s", "of limit", "peak MB", "from f32", "least cosine",
    ]
  }

  fileprivate var cells: [String] {
    [
      "\(threads)", fixed(load * 1e3, 1), fixed(first * 1e3, 1), fixed(tokenizingRate, 1),
      fixed(Double(inputs) / encoding, 0), fixed(Double(tokens) / encoding, 0),
      fixed(rate / 1e9, 1), fixed(productRate / 1e9, 1),
      share.map { fixed($0 * 100, 0) + "%" } ?? "-", instructions, fixed(limit / 1e9, 1),
      shareOfLimit.map { fixed($0 * 100, 0) + "%" } ?? "-", fixed(Double(peakMemory) / 1e6, 0),
      distance.map { "\($0.largest)" } ?? "-",
      distance?.leastCosine.map { fixed(Double($0), 6) } ?? "-",
    ]
  }

  fileprivate func value(_ inputs: BenchInputs) -> JSONValue {
    .object([
      ("precision", .string(precision.rawValue)), ("threads", .int(threads)),
      ("load_seconds", .number(load, decimals: 6)),
      ("first_\(inputs.arePairs ? "score" : "vector")_seconds", .number(first, decimals: 6)),
      ("tokenizing_megabytes_per_second", .number(tokenizingRate, decimals: 2)),
      ("\(inputs.name)_per_second", .number(Double(self.inputs) / encoding, decimals: 2)),
      ("tokens_per_second", .number(Double(tokens) / encoding, decimals: 1)),
      ("gflops", .number(rate / 1e9, decimals: 2)),
      ("sgemm_gflops", .number(productRate / 1e9, decimals: 2)),
      ("share_of_sgemm", .optional(share) { .number($0, decimals: 4) }),
      ("instructions", .string(instructions)),
      ("limit_gflops", .number(limit / 1e9, decimals: 2)),
      ("share_of_limit", .optional(shareOfLimit) { .number($0, decimals: 4) }),
      ("peak_memory_bytes", .int(peakMemory)),
      ("largest_difference_from_f32", .optional(distance) { .float($0.largest) }),
      ("least_cosine_with_f32", .optional(distance?.leastCosine) { .float($0) }),
    ])
  }

  /// What its products take: of float32 what CBLAS chooses.
  private var instructions: String { precision.tensors.instructions?.rawValue ?? "sgemm" }

  /// Megabytes of text a second, on one thread.
  private var tokenizingRate: Double { Double(textBytes) / 1e6 / tokenizing }
}

/// Texts to measure with where none are given.
enum BenchTexts {
  /// Lengths spread as in ordinary use: most texts are a sentence, some a paragraph.
  static let standard: [[UInt8]] = (0..<1024).map { index in
    let sentences = [1, 1, 1, 2, 1, 3, 1, 8][index % 8]
    let chosen = (0..<sentences).map { Self.sentences[(index + $0 * 5) % Self.sentences.count] }
    return Array(chosen.joined(separator: " ").utf8)
  }

  /// A query, which is a sentence, and each of these texts as a document.
  static let pairs: [[[UInt8]]] = standard.enumerated().map { index, document in
    [Array(sentences[index * 7 % sentences.count].utf8), document]
  }

  private static let sentences = [
    "The library opens at nine on weekdays and closes early before a holiday.",
    "A small boat crossed the bay while the fog was lifting.",
    "Prices rose by two percent in the third quarter, less than the bank had feared.",
    "She keeps her notes in a box of cards, sorted by the day they were written.",
    "Water expands when it freezes, which is why pipes burst in a hard winter.",
    "The committee will meet again once both reports have been read.",
    "Two dogs ran along the beach after a yellow ball.",
    "He repaired the old radio with parts from three others.",
    "Trains to the coast leave from platform four every half hour.",
    "The recipe asks for six eggs, a cup of sugar and the juice of two lemons.",
    "Nobody had expected the vote to be so close.",
    "In spring the river floods the lower fields and leaves them fertile.",
    "The museum's new wing shows paintings that were kept in store for decades.",
  ]
}

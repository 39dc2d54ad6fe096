import Embeddings
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Vectors

/// Whole runs against what sentence-transformers 6.2.0's Trainer logged (see Tests/Fixtures/README.md).
@Suite struct RecordedRunsTests {
  private static let folder = Fixture.path("training/runs")

  /// The steps of a log.
  private func steps(_ path: String) throws -> [JSON] {
    try Fixture.lines(path).filter { $0["loss"] != nil }
  }

  // float32 through a dozen steps; the same runs in float64 differ by 2e-6.
  @Test(arguments: [
    "bert_softmax", "bert_mnrl_triplets", "bert_adaptive_layer", "bert_matryoshka_2d", "bert_gist",
    "bert_contrastive_tension", "bert_moving_average", "splade_ranking", "splade_margin_mse",
    "splade_kl", "splade_cosent", "rerank_bce", "rerank_cross_entropy", "rerank_lambda",
    "rerank_ranking", "rerank_margin", "bert_lora", "distilbert_lora_all", "bert_kept_layers",
    "bert_teacher_dense", "bert_teacher_pca",
  ])
  func theCurveIsTheReferences(_ name: String) throws {
    let scratch = try ScratchFolder()
    let log = scratch.file("log.jsonl")
    let result = try embed(
      "train", "--recipe", "\(Self.folder)/\(name)/recipe.json", "--output", scratch.file("out"),
      "--log", log, "--quiet", seconds: 120)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let (found, expected) = try (steps(log), steps("\(Self.folder)/\(name)/golden.jsonl"))
    #expect(found.count == expected.count && !expected.isEmpty)
    for (found, expected) in zip(found, expected) {
      for (key, tolerance) in [("loss", 5e-5), ("grad_norm", 2e-4), ("learning_rate", 1e-6)] {
        let (x, y) = try (expected.double(key), found.double(key))
        #expect((x - y).magnitude <= tolerance * max(x.magnitude, 1e-3), "\(key): \(y), not \(x)")
      }
      // Parts of a loss are recorded with four decimals.
      for key in ["base_loss", "document_regularizer_loss", "query_regularizer_loss"] {
        let (x, y) = try (expected.present(key)?.double(), found.present(key)?.double())
        #expect((x == nil) == (y == nil), "\(key)")
        guard let x, let y else { continue }
        #expect((x - y).magnitude <= 6e-5 + 5e-5 * x.magnitude, "\(key): \(y), not \(x)")
      }
    }
    try checkLogits(name, of: scratch.file("out"))
  }

  // Products alone are rounded: 16 bits of each number, or 8.
  @Test(arguments: [("bf16x3", 1e-3), ("bf16", 0.03)])
  func inOtherPrecisionsTheCurveIsNear(_ precision: String, _ tolerance: Double) throws {
    guard Precision(rawValue: precision)?.obstacle == nil else { return }
    let scratch = try ScratchFolder()
    let run = "\(Self.folder)/bert_mnrl_triplets"
    let result = try embed(
      "train", "--recipe", run + "/recipe.json", "--output", scratch.file("out"), "--precision",
      precision, "--quiet", seconds: 120)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let (found, expected) = try (steps(scratch.file("out/log.jsonl")), steps(run + "/golden.jsonl"))
    #expect(found.count == expected.count && !expected.isEmpty)
    var isExact = true
    for (found, expected) in zip(found, expected) {
      let (x, y) = try (expected.double("loss"), found.double("loss"))
      isExact = isExact && (x - y).magnitude < 1e-6 * x
      #expect((x - y).magnitude <= tolerance * x, "\(y), not \(x)")
    }
    #expect(!isExact)
  }

  @Test func whatIsWrittenIsTheMovingAverage() throws {
    let scratch = try ScratchFolder()
    let run = "\(Self.folder)/bert_moving_average"
    let result = try embed(
      "train", "--recipe", run + "/recipe.json", "--output", scratch.file("out"), "--quiet",
      seconds: 120)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let recorded = try Fixture.lines(run + "/golden.jsonl").filter { $0["text"] != nil }
    let texts = try recorded.map { try $0.string("text") + "\n" }
    let encoded = try embed("encode", "-m", scratch.file("out"), input: texts.joined())
    #expect(encoded.lines.count == recorded.count && !recorded.isEmpty)
    for (line, expected) in zip(encoded.lines, recorded) {
      let expected = try expected.array("embedding").elements.map { Float(try $0.double()) }
      // The weights themselves are 0.1 away.
      let apart = zip(numbers(line), expected).map { ($0 - $1).magnitude }.max() ?? .nan
      #expect(apart < 5e-5)
    }
  }

  /// What a trained reranker makes of some pairs.
  private func checkLogits(_ name: String, of model: String) throws {
    let lines = try Fixture.lines("\(Self.folder)/\(name)/golden.jsonl").filter {
      $0["logits"] != nil
    }
    guard !lines.isEmpty else { return }
    let reranker = try Reranker(folder: model)
    let route = try reranker.route(isBare: true)
    let pairs = try lines.map { line in
      (
        query: Array(try line.string("query").utf8),
        document: Array(try line.string("document").utf8)
      )
    }
    let logits = try reranker.logits(of: reranker.encodings(of: pairs, by: route), by: route)
    let expected = try lines.map { try $0.floats("logits") }
    let size = max(1, expected.joined().map(\.magnitude).max() ?? 0)
    // A loss of differences knows no more: AdamW makes steps of the rounding of the last bias.
    let isOfDifferences = ["rerank_lambda", "rerank_margin"].contains(name)
    func centred(_ rows: [[Float]]) -> [Float] {
      let all = Array(rows.joined())
      let mean = isOfDifferences ? all.reduce(0, +) / Float(max(1, all.count)) : 0
      return all.map { $0 - mean }
    }
    let found = (0..<logits.rows).map { Array(logits[$0]) }
    expectClose(centred(found), centred(expected), tolerance: 5e-5 * size)
  }

  @Test(arguments: ["bert_mnrl_triplets", "rerank_ranking", "distilbert_lora_all"])
  func noNumberOfThreadsChangesABit(_ name: String) throws {
    let scratch = try ScratchFolder()
    let models = try ["1", "2"].map { threads in
      let result = try embed(
        "train", "--recipe", "\(Self.folder)/\(name)/recipe.json", "--dropout", "0.1",
        "--max-steps", "3", "--threads", threads, "--batch-tokens", "64", "--output",
        scratch.file(threads), "--quiet", seconds: 120)
      #expect(result.ending == .exited(0), "\(result.stderr)")
      return try readFile(scratch.file(threads) + "/model.safetensors", limit: 1 << 20)
    }
    #expect(models[0] == models[1])
  }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

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
    "bert_contrastive_tension",
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
    }
  }

  @Test func noNumberOfThreadsChangesABit() throws {
    let scratch = try ScratchFolder()
    let models = try ["1", "2"].map { threads in
      let result = try embed(
        "train", "--recipe", "\(Self.folder)/bert_mnrl_triplets/recipe.json", "--dropout", "0.1",
        "--max-steps", "3", "--threads", threads, "--batch-tokens", "64", "--output",
        scratch.file(threads), "--quiet", seconds: 120)
      #expect(result.ending == .exited(0), "\(result.stderr)")
      return try readFile(scratch.file(threads) + "/model.safetensors", limit: 1 << 20)
    }
    #expect(models[0] == models[1])
  }
}

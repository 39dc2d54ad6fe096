import ModelFiles
import Tensors
import Testing

@testable import Training

@Suite struct RunFingerprintTests {
  private func fingerprint(
    _ texts: [String] = ["a", "b"], scores: [Float] = [0.5, 1], scale: Int = 20,
    batchSize: Int = 2, prompt: String = "", _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> RunFingerprint {
    let columns = ["sentence1", "sentence2"].map {
      TrainingSet.Column(name: $0, texts: texts.map { Array($0.utf8) })
    }
    let set = TrainingSet(name: "pairs.csv", columns: columns, labels: .scores(scores)) { "\($0)" }
    let loss = try Losses.make(
      JSON(["name": "CoSENTLoss", "scale": .int(scale)], name: "loss"),
      LossContext(width: 4, classes: 0, seed: 1))
    var options = TrainingOptions()
    change(&options)
    var fingerprint = RunFingerprint()
    fingerprint.add(options)
    fingerprint.add([
      Objective(
        set: set, loss: loss, batchSize: batchSize, sampler: .batchSampler, prompts: [prompt, ""])
    ])
    return fingerprint
  }

  @Test func theSameDataAndOptionsAreTheSame() throws {
    #expect(try fingerprint().difference(from: fingerprint()) == nil)
    let json = try JSON(fingerprint().json, name: "state")
    #expect(try RunFingerprint(json) == fingerprint())
  }

  @Test func whatDiffersIsNamed() throws {
    let begun = try fingerprint()
    let rows = "what the rows say is not what it was"
    let cases: [(RunFingerprint, String)] = [
      (try fingerprint { $0.learningRate = 1e-3 }, "--learning-rate was 2e-05, is 0.001 now"),
      (try fingerprint { $0.maxSteps = 9 }, "--max-steps was not given, is 9 now"),
      (
        try fingerprint { $0.freeze = ["embeddings", "layers:0-1"] },
        "--freeze was not given, is embeddings layers:0-1 now"
      ),
      (try fingerprint { $0.warmupSteps = 5 }, "--warmup-ratio was 0.1, is not given now"),
      (try fingerprint { $0.shuffle = false }, "--no-shuffle was not given, is given now"),
      (try fingerprint(batchSize: 3), "--batch-size was 2, is 3 now"),
      (
        try fingerprint(prompt: "query: "),
        #"--prompts was ["",""], is ["query: ",""] now"#
      ),
      (try fingerprint(["ab", ""]), rows), (try fingerprint(scores: [0.5, 0.75]), rows),
    ]
    for (now, message) in cases { #expect(begun.difference(from: now) == message) }
    #expect(try fingerprint(scale: 10).difference(from: begun)?.hasPrefix("--loss was ") == true)
    #expect(
      try fingerprint { $0.maxSteps = 9 }.difference(from: begun)
        == "--max-steps was 9, is not given now")
  }
}

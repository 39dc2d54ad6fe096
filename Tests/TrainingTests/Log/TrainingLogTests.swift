import ModelFiles
import Testing

@testable import Training

@Suite struct TrainingLogTests {
  private static let step = TrainingLog.Step(
    step: 1, epoch: 0.01, loss: 2.7182818284590451, learningRate: 1e-6, gradNorm: 3.4, samples: 64,
    tokens: 1843, seconds: 0.41)
  private static let evaluation = TrainingLog.Evaluation(
    step: 1, results: [.init(name: "sts-dev", metrics: [.init("spearman_cosine", 0.87)])])

  private func text(_ value: JSONValue) -> String { String(decoding: value.line, as: UTF8.self) }

  @Test func aStepIsALine() {
    #expect(
      text(Self.step.json)
        == "{\"step\":1,\"epoch\":0.01,\"loss\":2.718281828459045,\"learning_rate\":1e-06,"
        + "\"grad_norm\":3.4,\"samples\":64,\"tokens\":1843,\"seconds\":0.4100}\n")
  }

  @Test func anEvaluationIsALine() {
    #expect(
      text(Self.evaluation.json)
        == "{\"step\":1,\"evaluation\":{\"sts-dev\":{\"spearman_cosine\":0.87}}}\n")
  }

  @Test(arguments: [
    (0, 0, 0, 0), (1, 1, 1, 2), (2, 2, 1, 3), (9, 2, 1, 3),
  ])
  func linesUpToAStepAreRead(last: Int, steps: Int, evaluations: Int, lines: Int) throws {
    let second = TrainingLog.Step(
      step: 2, epoch: 0.02, loss: .nan, learningRate: 0, gradNorm: .infinity, samples: 0, tokens: 0,
      seconds: 0)
    let whole = [Self.step.json.line, Self.evaluation.json.line, second.json.line]
    // The last was being written when the process ended.
    let bytes = whole.flatMap { $0 } + Array("{\"step\":3,\"ep".utf8)
    let (log, length) = try TrainingLog.read(bytes, upTo: last, name: "log")
    #expect(log.steps.count == steps && log.evaluations.count == evaluations)
    #expect(length == whole.prefix(lines).reduce(0) { $0 + $1.count })
    if steps > 0 { #expect(log.steps[0] == Self.step && log.evaluations == [Self.evaluation]) }
    if steps > 1 { #expect(log.steps[1].loss.isNaN) }
  }

  @Test(arguments: [
    "x\n", "{}\n", "[]\n", "{\"step\":9223372036854775807}\n", "{\"step\":-1}\n",
    "{\"step\":1,\"evaluation\":3}\n",
    "{\"step\":1,\"loss\":1,\"samples\":99999999999999,\"tokens\":1}\n",
    "{\"step\":1,\"loss\":\"1\",\"samples\":1,\"tokens\":1}\n",
  ])
  func whatIsNoLineOfALogIsRefused(text: String) {
    let error = #expect(throws: FileError.self) {
      try TrainingLog.read(Array(text.utf8), upTo: 5, name: "log")
    }
    #expect(error?.description.contains("log, line 1") ?? false)
  }

  @Test func theLossesAreMeansOfATenth() throws {
    var log = TrainingLog()
    #expect(log.losses == nil)
    for step in 1...20 {
      log.append(
        TrainingLog.Step(
          step: step, epoch: 0, loss: step == 5 ? .nan : Double(step), learningRate: 0, gradNorm: 0,
          samples: 2, tokens: 3, seconds: 0.5))
    }
    let losses = try #require(log.losses)
    // Of 19 that are finite.
    #expect(losses.first == 1 && losses.last == 20)
    #expect(log.samples == 40 && log.seconds == 10)
  }

  @Test func whatIsNotFiniteIsPassedOver() {
    var smoothing = Smoothing(span: 2)
    #expect(smoothing.mean == nil)
    for value in [1, .nan, 3, .infinity] { smoothing.append(value) }
    // (1 · ½ + 3) / (½ + 1)
    #expect(abs((smoothing.mean ?? 0) - 7 / 3.0) < 1e-12)
  }
}

import Testing
import Training

@testable import embed

@Suite struct TrainingBarTests {
  private func course(_ step: Int, of steps: Int, seconds: Double = 60) -> TrainingBar.Course {
    var course = TrainingBar.Course(step: step, steps: steps)
    course.loss = 0.31234
    course.learningRate = 1.4e-5
    (course.samples, course.stepsInTime, course.seconds) = (step * 64, step, seconds)
    course.evaluation = ("spearman cosine", 0.8714)
    return course
  }

  @Test(arguments: [
    (
      140,
      "[==================>                     ]  46%  step 90/193  loss 0.312  rate 1.4e-05  "
        + "96 rows/s  1:08 left  spearman cosine 0.871"
    ),
    (75, "46%  step 90/193  loss 0.312  rate 1.4e-05  96 rows/s  1:08 left"),
    (20, "46%  step 90/193"), (5, "46%  "), (0, ""), (-3, ""),
  ])
  func aLineFits(width: Int, line: String) {
    #expect(course(90, of: 193).line(width: width) == line)
  }

  @Test func whatIsNotKnownIsLeftOut() {
    #expect(TrainingBar.Course(step: 0, steps: 9).line(width: 20) == "0%  step 0/9")
    #expect(TrainingBar.Course(step: 0, steps: 0).line(width: 20) == "100%  step 0/0")
    #expect(course(193, of: 193).line(width: 75).hasSuffix("1:00"))
  }
}

@Suite struct TrainingSummaryTests {
  @Test func linesAreAsPromised() {
    var log = TrainingLog()
    for (step, value) in [(0, 0.867), (160, 0.884), (193, 0.881)] {
      log.append(
        TrainingLog.Evaluation(
          step: step,
          results: [.init(name: "sts-dev.csv", metrics: [.init("spearman_cosine", value)])]))
    }
    for step in 1...193 {
      log.append(
        TrainingLog.Step(
          step: step, epoch: 0, loss: step < 100 ? 0.412 : 0.207, learningRate: 0, gradNorm: 0,
          samples: step == 193 ? 57 : 64, tokens: 0, seconds: 232.0 / 193))
    }
    let summary = TrainingSummary(
      log: log, rows: "pairs", memory: 1_100_000_000,
      evaluations: [
        .init(set: "sts-dev.csv", metric: "spearman_cosine", best: 160, written: 160),
        .init(set: "none", metric: "spearman_cosine", best: nil, written: 160),
      ], output: "my-model")
    #expect(
      summary.lines == [
        "193 steps, 12,345 pairs, 3 min 52 s (53 pairs/s), 1.1 GB; loss 0.412 → 0.207",
        "sts-dev.csv  spearman cosine  0.867 → 0.884 (best at step 160, written)",
        "my-model: embed encode -m my-model < sentences.txt",
      ])
  }
}

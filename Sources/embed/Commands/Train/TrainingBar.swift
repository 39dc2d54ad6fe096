import Training

/// How a run comes along, in one line on standard error.
struct TrainingBar {
  private let start = ContinuousClock.now
  private var line: ProgressLine
  private var smoothed = Smoothing(span: 20)
  private var course: Course
  /// Steps that an earlier process did, which took none of this one's time.
  private let done: Int

  /// - Parameter log: of the steps that an earlier process did
  init(_ mode: ProgressMode, steps: Int, log: TrainingLog = TrainingLog()) {
    line = ProgressLine(mode)
    done = log.steps.last?.step ?? 0
    course = Course(step: done, steps: steps)
    for step in log.steps.suffix(100) { smoothed.append(step.loss) }
  }

  /// Takes a step's numbers; draws when it is time.
  mutating func update(_ step: TrainingLog.Step) {
    smoothed.append(step.loss)
    course.step = step.step
    course.loss = smoothed.mean
    course.learningRate = step.learningRate
    course.samples += step.samples
    course.seconds = start.duration(to: .now) / .seconds(1)
    course.stepsInTime = step.step - done
    draw()
  }

  /// Takes what an evaluation came to.
  /// - Parameter metric: in words: `spearman cosine`
  mutating func update(_ metric: String, _ value: Double) {
    course.evaluation = (metric, value)
    draw()
  }

  private mutating func draw() {
    let course = course
    line.update(at: course.seconds) { course.line(width: $0) }
  }

  /// Erases the line before a message; the next update draws it again.
  mutating func erase() { line.erase() }

  /// What the bar shows.
  struct Course: Sendable {
    var step: Int
    let steps: Int
    var loss: Double?
    var learningRate = 0.0
    /// Rows of the steps since the process began.
    var samples = 0
    var stepsInTime = 0
    /// Since the process began.
    var seconds = 0.0
    var evaluation: (metric: String, value: Double)?

    init(step: Int, steps: Int) { (self.step, self.steps) = (step, steps) }

    /// `[=====>     ]  47%  step 90/193  loss 0.312  rate 1.4e-05  53.0 rows/s  2:04 left  spearman
    /// cosine 0.871`; the last words go first where they do not fit.
    func line(width: Int) -> String {
      let share = steps > 0 ? min(Double(step) / Double(steps), 1) : 1
      var parts = ["\(Int(share * 100))%", "step \(grouped(step))/\(grouped(steps))"]
      if let loss {
        parts += ["loss \(significant(loss, 3))", "rate \(significant(learningRate, 2))"]
      }
      if seconds > 0, stepsInTime > 0 {
        parts.append("\(legible(Double(samples) / seconds)) rows/s")
        let rest = Double(steps - step) * seconds / Double(stepsInTime)
        parts.append(step < steps ? "\(clock(rest)) left" : clock(seconds))
      }
      if let evaluation { parts.append("\(evaluation.metric) \(significant(evaluation.value, 3))") }
      while parts.count > 2, parts.joined(separator: "  ").utf8.count > width { parts.removeLast() }
      return progressLine(parts, share: share, width: width)
    }
  }
}

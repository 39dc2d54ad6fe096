import ModelFiles
import Training

/// A run in a picture: the loss of each step and its smoothed course, what evaluations came to, and
/// the rate, over the same steps.
struct LossPlot {
  private static let width = 1000
  // Of a part of the picture: beside it are numbers, above it what it shows.
  private static let (left, right, above, below) = (70.0, 965.0, 34.0, 14.0)
  private static let (lossHeight, evaluationHeight, rateHeight) = (320.0, 160.0, 90.0)
  private static let axisHeight = 34.0
  // Okabe and Ito's colours, as in other plots.
  private static let lossColor = "#0072b2"
  private static let rateColor = "#7f3c8d"
  private static let colors = ["#d55e00", "#009e73", "#cc79a7", "#e69f00", "#8c564b", "#e73f74"]
  private static let (paper, ink, pale, grid) = ("#ffffff", "#333333", "#666666", "#e0e0e0")
  private static let dark = [
    (paper, "#16181c"), (ink, "#e6e6e6"), (pale, "#a8a8a8"), (grid, "#3a3d42"),
    (lossColor, "#56b4e9"), (rateColor, "#c792ea"), ("#d55e00", "#ff9153"), ("#009e73", "#2fd6a4"),
    ("#8c564b", "#c79a90"),
  ]
  // Twice the picture's columns: more points than that cannot be told apart.
  private static let mostPoints = 2000

  /// A curve of evaluations.
  struct Metric {
    let set: String
    /// By sentence-transformers' name: `spearman_cosine`.
    let name: String
  }

  private let log: TrainingLog
  private let metrics: [Metric]
  private let best: Int?
  private let steps: PlotAxis

  /// - Parameters:
  ///   - metrics: the evaluations to show
  ///   - best: the step whose weights were written, where evaluations say that it is the best
  init(_ log: TrainingLog, metrics: [Metric] = [], best: Int? = nil) {
    (self.log, self.metrics, self.best) = (log, metrics, best)
    let first = log.evaluations.first?.step ?? log.steps.first?.step ?? 0
    let last = max(log.steps.last?.step ?? 1, log.evaluations.last?.step ?? 1)
    steps = PlotAxis(
      [Double(first), Double(last)], from: Self.left, to: Self.right, ticks: 10, isWhole: true)
  }

  /// The picture as a file.
  var svg: [UInt8] {
    let curves = metrics.map { ($0, log.values(of: $0.set, $0.name)) }.filter { !$0.1.isEmpty }
    let heights = [Self.lossHeight, curves.isEmpty ? 0 : Self.evaluationHeight, Self.rateHeight]
    let all = heights.filter { $0 > 0 }.reduce(Self.axisHeight) {
      $0 + $1 + Self.above + Self.below
    }
    var svg = SVG(width: Self.width, height: Int(all))
    svg.darkColors = Self.dark.map { (light: $0.0, dark: $0.1) }
    var top = Self.above
    drawLoss(from: top, &svg)
    top += Self.lossHeight + Self.below + Self.above
    if !curves.isEmpty {
      draw(curves, from: top, &svg)
      top += Self.evaluationHeight + Self.below + Self.above
    }
    drawRate(from: top, &svg)
    drawSteps(at: top + Self.rateHeight, &svg)
    return svg.file
  }

  private func drawLoss(from top: Double, _ svg: inout SVG) {
    let losses = log.steps.map { (step: $0.step, value: $0.loss) }
    var smoothing = Smoothing(span: max(5, losses.count / 40))
    let smooth = losses.map { loss in
      smoothing.append(loss.value)
      return (step: loss.step, value: smoothing.mean ?? .nan)
    }
    let axis = frame(
      Self.usual(losses.map(\.value)) + smooth.map(\.value), height: Self.lossHeight, from: top,
      ticks: 6, &svg)
    draw(losses, axis, Self.lossColor, width: 1, opacity: 0.35, &svg)
    draw(smooth, axis, Self.lossColor, width: 2.5, &svg)
    let last = log.losses.map { ": \(significant($0.first, 3)) → \(significant($0.last, 3))" }
    legend(
      [("loss of each step", Self.lossColor, 0.35), ("smoothed\(last ?? "")", Self.lossColor, 1)],
      above: top, &svg)
  }

  /// The least and the greatest number that the axis has to show: a few that are far off would
  /// press all others together, and are cut off at the edge.
  private static func usual(_ values: [Double]) -> [Double] {
    let sorted = values.filter(\.isFinite).sorted()
    guard let least = sorted.first, let most = sorted.last else { return [] }
    let high = sorted[(sorted.count - 1) * 98 / 100]
    return [least, most - least > 2 * (high - least) && high > least ? high : most]
  }

  private func draw(
    _ curves: [(Metric, [(step: Int, value: Double)])], from top: Double, _ svg: inout SVG
  ) {
    let axis = frame(
      curves.flatMap { $0.1.map(\.value) }, height: Self.evaluationHeight, from: top, ticks: 4, &svg
    )
    var entries: [(String, String, Double)] = []
    for (index, (metric, values)) in curves.enumerated() {
      let color = Self.colors[index % Self.colors.count]
      let name = "\(metric.set) \(metric.name.replacing("_", with: " "))"
      draw(values, axis, color, width: 2, &svg)
      for (step, value) in values where value.isFinite {
        let isBest = step == best
        svg.dot(
          x: steps.place(Double(step)), y: axis.place(value), radius: isBest ? 6 : 3,
          .init(color: color, isRing: isBest),
          title: "\(name) \(significant(value, 4)) at step \(step)\(isBest ? ", written" : "")")
      }
      entries.append((name, color, 1))
    }
    legend(entries, above: top, &svg)
  }

  private func drawRate(from top: Double, _ svg: inout SVG) {
    let rates = log.steps.map { (step: $0.step, value: $0.learningRate) }
    let axis = frame([0] + rates.map(\.value), height: Self.rateHeight, from: top, ticks: 2, &svg)
    draw(rates, axis, Self.rateColor, width: 2, &svg)
    legend([("learning rate", Self.rateColor, 1)], above: top, &svg)
  }

  /// The numbers of the steps, below all.
  private func drawSteps(at bottom: Double, _ svg: inout SVG) {
    for tick in steps.ticks {
      svg.text(
        grouped(Int(tick)), x: steps.place(tick), y: bottom + 18, size: 12, fill: Self.pale,
        anchor: .middle)
    }
    svg.text("step", x: Self.left - 12, y: bottom + 18, size: 12, fill: Self.pale, anchor: .end)
  }
}

extension LossPlot {
  /// The lines and numbers of a part of the picture.
  private func frame(
    _ values: [Double], height: Double, from top: Double, ticks: Int, _ svg: inout SVG
  ) -> PlotAxis {
    let axis = PlotAxis(values, from: top + height, to: top, ticks: ticks)
    for tick in axis.ticks {
      let y = axis.place(tick)
      svg.line([(Self.left, y), (Self.right, y)], color: Self.grid, width: 1)
      svg.text(
        axis.label(tick), x: Self.left - 12, y: y + 4, size: 12, fill: Self.pale, anchor: .end)
    }
    for tick in steps.ticks {
      let x = steps.place(tick)
      svg.line([(x, top), (x, top + height)], color: Self.grid, width: 1)
    }
    return axis
  }

  /// A curve, which ends where a number is not finite and begins again behind it.
  private func draw(
    _ values: [(step: Int, value: Double)], _ axis: PlotAxis, _ color: String, width: Double,
    opacity: Double = 1, _ svg: inout SVG
  ) {
    for part in Self.thinned(values).split(whereSeparator: { !$0.value.isFinite }) {
      let points = part.map { (x: steps.place(Double($0.step)), y: axis.place($0.value)) }
      svg.line(points, color: color, width: width, opacity: opacity)
      if part.count == 1, let point = points.first, values.count == 1 {
        svg.dot(x: point.x, y: point.y, radius: 3, .init(color: color), title: "")
      }
    }
  }

  /// The least and the greatest of each run of steps that fall together in the picture.
  static func thinned(_ values: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
    guard values.count > mostPoints else { return values }
    let share = (2 * values.count + mostPoints - 1) / mostPoints
    return stride(from: 0, to: values.count, by: share).flatMap { start in
      let part = values[start..<min(start + share, values.count)].filter(\.value.isFinite)
      let ends = [part.min { $0.value < $1.value }, part.max { $0.value < $1.value }]
        .compactMap { $0 }.sorted { $0.step < $1.step }
      return ends.count == 2 && ends[0].step == ends[1].step ? [ends[0]] : ends
    }
  }

  /// What each colour shows, in a line above a part of the picture.
  private func legend(
    _ entries: [(name: String, color: String, opacity: Double)], above top: Double,
    _ svg: inout SVG
  ) {
    var x = Self.left
    for (name, color, opacity) in entries {
      let label = name.unicodeScalars.count <= 60 ? name : "\(name.prefix(59))…"
      let width = 34 + Double(label.unicodeScalars.count) * 7.5 + 24
      // More do not fit; their dots still say what they are.
      guard x + width <= Self.right + 30 else { break }
      svg.line(
        [(x, top - 14), (x + 26, top - 14)], color: color, width: 3, opacity: opacity)
      svg.text(label, x: x + 34, y: top - 10, size: 13, fill: Self.ink)
      x += width
    }
  }
}

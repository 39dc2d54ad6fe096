import ModelFiles

/// What a model card says of the data, the options and the course of training.
struct TrainingSection {
  let card: CardContents

  var text: String {
    [sets, hyperparameters, steps, time, versions].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var sets: String {
    [("Training", "training", card.sets), ("Evaluation", "evaluation", card.evaluationSets)]
      .filter { !$0.2.isEmpty }.map { title, kind, sets in
        "### \(title) Dataset\(sets.count == 1 ? "" : "s")\n\n"
          + sets.map { text(of: $0, kind) }.joined(separator: "\n")
      }.joined(separator: "\n")
  }

  private func text(of set: CardSet, _ kind: String) -> String {
    let columns = set.columns.map { Markup.code($0.name) }.joined(separator: ", ")
    let header = set.columns.map { Markup.plain($0.name) }
    let statistics = Markup.table(
      [""] + header,
      [
        ["type"] + set.columns.map(\.statistics.type),
        ["details"] + set.columns.map(\.statistics.details),
      ], indent: "  ")
    let count = set.columns.map(\.samples.count).min() ?? 0
    let samples = Markup.table(
      header, (0..<count).map { row in set.columns.map { Markup.code($0.samples[row]) } },
      indent: "  ")
    let loss = set.loss.map { loss in
      "* Loss: [<code>\(loss.name)</code>](https://sbert.net/docs/package_reference/"
        + "\(card.terms.documentation)/losses.html#\(loss.name.lowercased()))"
        + Self.parameters(loss.parameters) + "\n"
    }
    return """
      #### \(Markup.plain(set.name))

      * Size: \(Self.grouped(set.rows)) \(kind) samples
      * Columns: \(columns)
      * Statistics of the first \(min(set.rows, 100)) samples:
      \(statistics)* Samples:
      \(samples)\(loss ?? "")
      """
  }

  /// The parameters of a loss as JSON, each on a line.
  private static func parameters(_ parameters: [(name: String, value: JSONValue)]) -> String {
    guard !parameters.isEmpty else { return "" }
    let lines = parameters.map { name, value in
      "      \(Markup.string(name)): " + String(decoding: value.bytes, as: UTF8.self)
    }
    return " with these parameters:\n  ```json\n  {\n"
      + lines.joined(separator: ",\n").replacing("```", with: "'''") + "\n  }\n  ```"
  }

  private var hyperparameters: String {
    guard !card.hyperparameters.isEmpty else { return "" }
    let list = { (all: [CardHyperparameter]) in
      all.map { "- `\($0.name)`: \(Markup.plain($0.value))\n" }.joined()
    }
    let changed = card.hyperparameters.filter { !$0.isDefault }
    return "### Training Hyperparameters\n"
      + (changed.isEmpty ? "" : "#### Non-Default Hyperparameters\n\n\(list(changed))\n")
      + "#### All Hyperparameters\n<details><summary>Click to expand</summary>\n\n"
      + list(card.hyperparameters) + "\n</details>\n"
  }

  private var time: String {
    let (training, evaluation) = (card.trainingSeconds, card.evaluationSeconds)
    guard training > 0 else { return "" }
    let rest =
      evaluation > 0
      ? "- **Evaluation**: \(Self.duration(evaluation))\n"
        + "- **Total**: \(Self.duration(training + evaluation))\n" : ""
    return "### Training Time\n- **Training**: \(Self.duration(training))\n\(rest)"
  }

  private var versions: String {
    guard !card.versions.isEmpty else { return "" }
    return "### Framework Versions\n"
      + card.versions.map { "- \($0.name): \(Markup.plain($0.version))\n" }.joined()
  }

  /// `5.7 seconds`, `3.9 minutes`, `1.6 hours`.
  private static func duration(_ seconds: Double) -> String {
    let units = [(60.0, 1.0, "seconds"), (3600, 60, "minutes"), (86400, 3600, "hours")]
    let unit = units.first { seconds < $0.0 } ?? (0, 86400, "days")
    return "\(fixed(seconds / unit.1, 1)) \(unit.2)"
  }

  /// A number with commas between its thousands.
  private static func grouped(_ number: Int) -> String {
    var digits = "\(number)"
    for cut in stride(from: digits.count - 3, to: 0, by: -3) {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: cut))
    }
    return digits
  }
}

extension TrainingSection {
  // The table has a row for each evaluation, and some in between; more than these are folded up.
  private static let (between, unfolded) = (20, 100)

  /// The table of steps.
  fileprivate var steps: String {
    let rows = LogRow.rows(of: card.log, card.logged, atLeast: Self.between)
    guard !rows.isEmpty else { return "" }
    let names = card.logged.map { metric in
      let isOnly = card.logged.count { $0.name == metric.name } == 1 && card.logged.count == 1
      return Markup.plain(
        isOnly && metric.set.isEmpty ? metric.name : "\(metric.set)_\(metric.name)")
    }
    let cells = rows.map { row in
      let cells =
        [
          Markup.rounded(row.epoch, 4), "\(row.step)",
          row.loss.map { Markup.rounded($0, 4) } ?? "-",
        ]
        + row.values.map { $0.map { Markup.rounded($0, 4) } ?? "-" }
      return row.step == card.savedStep ? cells.map { "**\($0)**" } : cells
    }
    let table = Markup.table(["Epoch", "Step", "Training Loss"] + names, cells, isCentred: true)
    let isSaved = rows.contains { $0.step == card.savedStep }
    let note = isSaved ? "\n* The bold row is the model that was written.\n" : ""
    return "### Training Logs\n"
      + (rows.count > Self.unfolded
        ? "<details><summary>Click to expand</summary>\n\n\(table)\(note)\n</details>\n"
        : table + note)
  }
}

/// A row of the table of steps.
struct LogRow: Equatable {
  let step: Int
  let epoch: Double
  /// The mean since the row before.
  let loss: Double?
  /// Of each metric that has a column.
  let values: [Double?]

  /// A row for each evaluation, the last step, and the steps that divide the run evenly.
  static func rows(
    of log: TrainingLog, _ metrics: [CardMetric], atLeast count: Int
  ) -> [LogRow] {
    var epochs: [Int: Double] = [:]
    for step in log.steps { epochs[step.step] = step.epoch }
    let share = max(1, (log.steps.count + count - 1) / max(1, count))
    let even = stride(from: share - 1, to: log.steps.count, by: share).map { log.steps[$0].step }
    let last = log.steps.last.map { [$0.step] } ?? []
    let values = metrics.map { metric in
      Dictionary(
        log.values(of: metric.set, metric.name).map { ($0.step, $0.value) },
        uniquingKeysWith: { $1 })
    }
    var next = 0
    return Set(log.evaluations.map(\.step) + even + last).sorted().map { step in
      var losses: [Double] = []
      while next < log.steps.count, log.steps[next].step <= step {
        losses.append(log.steps[next].loss)
        next += 1
      }
      return LogRow(
        step: step, epoch: epochs[step] ?? 0,
        loss: losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count),
        values: values.map { $0[step] })
    }
  }
}

extension CardColumn.Statistics {
  var type: String {
    switch self {
    case .tokens, .classes: "string"
    case .scores: "float"
    case .vectors, .lists: "list"
    }
  }

  /// A list of HTML, as a cell of a table can have.
  var details: String {
    let items: [(String, String)] =
      switch self {
      case .tokens(let range):
        [
          ("min", "\(Markup.rounded(range.least, 0)) tokens"),
          ("mean", "\(Markup.rounded(range.mean, 2)) tokens"),
          ("max", "\(Markup.rounded(range.most, 0)) tokens"),
        ]
      case .scores(let range):
        [
          ("min", Markup.rounded(range.least, 2)), ("mean", Markup.rounded(range.mean, 2)),
          ("max", Markup.rounded(range.most, 2)),
        ]
      case .classes(let classes):
        classes.map { (Markup.plain($0.name), "~\(fixed($0.share * 100, 2))%") }
      case .vectors(let size): [("size", "\(size) elements")]
      case .lists(let range):
        [
          ("min", "\(Markup.rounded(range.least, 0)) elements"),
          ("mean", "\(Markup.rounded(range.mean, 2)) elements"),
          ("max", "\(Markup.rounded(range.most, 0)) elements"),
        ]
      }
    return "<ul>" + items.map { "<li>\($0.0): \($0.1)</li>" }.joined() + "</ul>"
  }
}

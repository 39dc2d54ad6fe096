import Embeddings
import ModelFiles
import Training

/// What a run came to, in the lines that it ends with.
struct TrainingSummary {
  let log: TrainingLog
  /// What the rows are called: `pairs`.
  let rows: String
  /// The most memory that the process took, in bytes.
  let memory: Int
  let evaluations: [Evaluation]
  /// The folder of the model, as the user named it.
  let output: String
  var kind = ModelKind.dense

  /// The metric of a set that decides.
  struct Evaluation {
    let set: String
    /// By sentence-transformers' name: `spearman_cosine`.
    let metric: String
    /// After which step it was best; `nil` where none is the best.
    let best: Int?
    /// The step whose weights were written.
    let written: Int
  }

  /// Lines without `embed:` before them.
  var lines: [String] {
    [steps] + Table.lines(evaluations.compactMap(line))
      + ["\(output): \(use)"]
  }

  /// What can be done with the model.
  private var use: String {
    let name = TrainFolder.word(output)
    return kind == .rerank
      ? "embed rerank -m \(name) \"a question\" < documents.txt"
      : "embed encode -m \(name) < sentences.txt"
  }

  private var steps: String {
    let seconds = log.seconds
    let rate = seconds > 0 ? " (\(legible(Double(log.samples) / seconds)) \(rows)/s)" : ""
    let losses = log.losses.map {
      "; loss \(significant($0.first, 3)) → \(significant($0.last, 3))"
    }
    return "\(grouped(log.steps.count)) \(log.steps.count == 1 ? "step" : "steps"), "
      + "\(grouped(log.samples)) \(rows), \(duration(seconds))\(rate), \(bytesInWords(memory))"
      + (losses ?? "")
  }

  /// The set, the metric, and what became of it.
  private func line(_ evaluation: Evaluation) -> [String]? {
    let values = log.values(of: evaluation.set, evaluation.metric)
    guard let first = values.first,
      let last = values.last(where: { $0.step == evaluation.written }) ?? values.last
    else { return nil }
    let note =
      evaluation.best.map {
        " (best at step \($0)\($0 == evaluation.written ? ", written" : ""))"
      } ?? ""
    return [
      evaluation.set, evaluation.metric.replacing("_", with: " "),
      "\(fixed(first.value, 3)) → \(fixed(last.value, 3))\(note)",
    ]
  }
}

extension Table {
  /// Rows without a header, each a line, aligned to the left.
  fileprivate static func lines(_ rows: [[String]]) -> [String] {
    guard let first = rows.first else { return [] }
    var table = Table(first.map { _ in .left }, header: first)
    for row in rows.dropFirst() { table.append(row) }
    return table.text.split(separator: "\n").map(String.init)
  }
}

import ModelFiles
import Training

/// What will be done, as it is said before anything is.
struct DataSummary {
  let model: String
  let sets: [PreparedSet]
  /// All steps; `nil` as long as nobody counted them.
  var steps: Int?
  var seconds: Double?
  /// The memory that it will take.
  var bytes: Int?
  /// The changes that are trained in the place of the model.
  var adapter: String?

  /// `training all-MiniLM-L6-v2 on 12,345 pairs (anchor, positive): …`
  var line: String {
    let tail = [
      steps.map { "\(grouped($0)) \($0 == 1 ? "step" : "steps")" },
      seconds.map { "about \(Self.roughly($0))" }, bytes.map(bytesInWords),
    ].compactMap { $0 }
    let rows = sets.map(Self.text).joined(separator: "; and on ")
    return "training \(model) on \(rows)" + (adapter.map { "; \($0)" } ?? "")
      + (tail.isEmpty ? "" : "; " + tail.joined(separator: ", "))
  }

  private static func text(_ set: PreparedSet) -> String {
    "\(rows(set)) (\(columns(set))): \(loss(set)), batches of \(grouped(set.batchSize))"
      + order(set.sampler)
  }

  /// What a row of so many texts is called, many of them.
  static func noun(columns: Int) -> String {
    switch columns {
    case 1: "texts"
    case 2: "pairs"
    case 3: "triplets"
    default: "rows of \(columns) texts"
    }
  }

  private static func rows(_ set: PreparedSet) -> String {
    let areLists = set.set.columns.contains { $0.lists != nil }
    let noun = areLists ? "lists" : noun(columns: set.set.columns.count)
    guard set.set.rows == 1 else { return "\(grouped(set.set.rows)) \(noun)" }
    return "1 "
      + (noun.hasSuffix("s") && set.set.columns.count < 4 ? String(noun.dropLast()) : noun)
  }

  private static func columns(_ set: PreparedSet) -> String {
    let names = set.set.columns.map(\.name)
    let label =
      switch set.set.labels {
      case .classes(let classes, _):
        set.label.map { "\($0): \(Set(classes).count) classes" }
      case .none, .scores, .vectors, .teacherScores, .lists: set.label
      }
    return (names + (label.map { [$0] } ?? [])).joined(separator: ", ")
  }

  // Parameters that change what is learned; the others are where they always are.
  private static let shown: Set = [
    "scale", "margin", "triplet_margin", "distance_metric", "matryoshka_dims",
  ]

  private static func loss(_ set: PreparedSet) -> String {
    let asked = Set(set.source.loss.parameters.map(\.name))
    let parameters = set.loss.parameters.filter {
      $0.name != "loss" && (shown.contains($0.name) || asked.contains($0.name))
    }
    return ([inner(set)] + parameters.map { "\($0.name) \(words($0.value))" })
      .joined(separator: ", ")
  }

  private static func inner(_ set: PreparedSet) -> String {
    guard case .object(let inner) = set.loss.parameters.first(where: { $0.name == "loss" })?.value,
      case .string(let name) = inner.first(where: { $0.0 == "name" })?.1
    else { return set.lossName }
    return "\(set.lossName) over \(name)"
  }

  /// A value without the marks of JSON.
  private static func words(_ value: JSONValue) -> String {
    // Of `TripletDistanceMetric.COSINE` what is behind the type.
    if case .string(let word) = value {
      return word.split(separator: ".").last.map(String.init) ?? word
    }
    return String(decoding: value.bytes, as: UTF8.self)
      .filter { !"\"[]{}".contains($0) }.replacing(",", with: "/").replacing(".0", with: "")
  }

  private static func order(_ sampler: BatchSampler) -> String {
    switch sampler {
    case .batchSampler: ""
    case .noDuplicates: " without duplicates"
    case .groupByLabel: " of classes by twos"
    }
  }

  /// `4 min`, `40 s`, `2 h 10 min`.
  static func roughly(_ seconds: Double) -> String {
    let seconds = Int(clamping: Int64(min(max(0, seconds), 1e9).rounded()))
    if seconds < 90 { return "\(max(1, seconds)) s" }
    let minutes = (seconds + 30) / 60
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}

import ModelFiles
import Tensors

extension Loss {
  /// Throws where rows are not what the loss takes.
  /// - Parameter width: E, the numbers of a text's vector
  package func check(_ set: TrainingSet, width: Int) throws {
    try checkColumns(set)
    switch (needs.labels, set.labels) {
    case (.none, _), (.score, .scores): return
    case (.binary, .scores(let scores)): try checkBinary(scores, set)
    case (.classes, .classes): return
    case (.lists, .lists(let lists)): try check(lists, set)
    case (.vectors, .vectors(let vectors)):
      try check(vectors, set, width: needs.vectorWidth ?? width)
    case (.teacherScores(let less), .teacherScores(let scores)):
      try needs.check(
        scores: scores.columns, less: less, of: Self.name, set.columns.map(\.name),
        place: "\(set.name): the label")
    case (_, .none) where needs.mayLackLabels(columns: set.columns.count): return
    default:
      throw FileError(
        "\(set.name): \(Self.name) needs \(needs.labels.words) for each row, found "
          + "\(set.labels.words); name the column with `label`, or another loss")
    }
  }

  private func check(_ lists: [[Float]], _ set: TrainingSet) throws {
    for (row, scores) in lists.enumerated() {
      let documents = set.documents(of: row)
      guard scores.count != documents.count || documents.isEmpty else { continue }
      throw FileError(
        "\(set.place(row)): \(Self.name) needs a label for each document, found \(documents.count) "
          + "documents and \(scores.count) labels")
    }
  }

  /// Lists of texts are for losses of lists, in their second column.
  private func checkLists(_ set: TrainingSet) throws {
    for (index, column) in set.columns.enumerated() {
      let isList = column.lists != nil
      guard isList != (needs.labels == .lists && index == 1) else { continue }
      throw FileError(
        "\(set.name): `\(column.name)` has a \(isList ? "list" : "text") in each row, but "
          + "\(Self.name) takes a \(isList ? "text" : "list of documents") there; name another loss, or "
          + "other columns")
    }
  }

  private func checkColumns(_ set: TrainingSet) throws {
    try checkLists(set)
    guard !needs.columns.contains(set.columns.count) else { return }
    let (fewest, most) = (needs.columns.lowerBound, needs.columns.upperBound)
    let expected =
      fewest == most
      ? "\(fewest)"
      : most == Ranking.mostColumns ? "at least \(fewest)" : "\(fewest) to \(most)"
    let found = set.columns.map(\.name).joined(separator: ", ")
    throw FileError(
      "\(set.name): \(Self.name) takes \(expected) column\(expected == "1" ? "" : "s") of texts, "
        + "found \(set.columns.count) (\(found)); say which by "
        + "`columns`, or name another loss")
  }

  private func checkBinary(_ scores: [Float], _ set: TrainingSet) throws {
    guard let row = scores.firstIndex(where: { $0 != 0 && $0 != 1 }) else { return }
    throw FileError(
      "\(set.place(row)): \(Self.name) needs labels that are 0 or 1, found \(scores[row])")
  }

  private func check(_ vectors: [Tensor], _ set: TrainingSet, width: Int) throws {
    guard vectors.count == 1 || vectors.count == set.columns.count else {
      throw FileError(
        "\(set.name): a row has \(vectors.count) vectors as labels, should have one for all its "
          + "\(set.columns.count) texts, or one for each")
    }
    guard let odd = vectors.first(where: { $0.columns != width }) else { return }
    let projected = needs.vectorWidth == nil ? "" : "are projected to "
    throw FileError(
      "\(set.name): vectors to be learned have \(odd.columns) numbers, those of the model "
        + "\(projected)\(width); \(Self.name) needs as many")
  }
}

extension LabelKind {
  fileprivate var words: String {
    switch self {
    case .none: "no label"
    case .score: "a score"
    case .binary: "0 or 1"
    case .classes: "a class"
    case .vectors: "a list of numbers"
    case .teacherScores: "a list of a teacher's scores"
    case .lists: "a list with a label for each document"
    }
  }
}

extension LossNeeds {
  /// Throws where a row has another number of a teacher's scores than its columns call for.
  /// - Parameters:
  ///   - less: how many fewer than columns there may be
  ///   - place: what the message begins with
  package func check(
    scores: Int, less: ClosedRange<Int>, of loss: String, _ columns: [String], place: String
  ) throws {
    let (fewest, most) = (columns.count - less.upperBound, columns.count - less.lowerBound)
    guard !(fewest...most).contains(scores) else { return }
    let scored = columns.dropFirst().map { "`\($0)`" }.joined(separator: ", ")
    throw FileError(
      "\(place) has \(scores) \(scores == 1 ? "number" : "numbers") a row, but \(loss) needs a "
        + "teacher's scores of \(scored): \(most)"
        + (fewest == most
          ? "" : ", or \(fewest): how much higher the first of them is than the others"))
  }
}

extension TrainingSet.Labels {
  fileprivate var words: String {
    switch self {
    case .none: "none"
    case .scores: "a score"
    case .classes: "a class"
    case .vectors, .teacherScores: "a list of numbers"
    case .lists: "a list for each row"
    }
  }
}

import ModelFiles
import Training

/// Looks for what would be trained to nonsense, before any of it is.
struct SetCheck {
  private let set: TrainingSet
  private let needs: LossNeeds
  private let loss: String
  private let isAsked: Bool
  private let batchSize: Int

  /// - Parameter isAsked: whether the user named the loss
  init(_ set: TrainingSet, _ needs: LossNeeds, _ loss: String, isAsked: Bool, batchSize: Int) {
    (self.set, self.needs, self.loss) = (set, needs, loss)
    (self.isAsked, self.batchSize) = (isAsked, batchSize)
  }

  /// What a user should know.
  /// - Throws: for what nothing could be learned of
  func notices() throws -> [String] {
    if needs.comparesRows {
      guard set.rows > 1 else {
        throw FileError(
          "\(set.name) has one row, but \(loss) compares rows with each other; give more rows")
      }
      guard batchSize > 1 else {
        throw FileError(
          "\(loss) compares the rows of a batch with each other, so that batches of 1 teach "
            + "nothing; "
            + "choose a larger batch size")
      }
    }
    return try emptyTexts() + scores() + lonelyClasses() + pairsOfTwoClasses()
  }

  private func emptyTexts() throws -> [String] {
    try set.columns.compactMap { column in
      let empty = column.texts.indices.filter { column.texts[$0].isEmpty }
      guard let first = empty.first else { return nil }
      guard empty.count < column.texts.count else {
        throw FileError("\(set.name): all texts of `\(column.name)` are empty")
      }
      return "\(empty.count) of \(column.texts.count) texts of `\(column.name)` "
        + "\(empty.count == 1 ? "is" : "are") empty, the first in \(set.place(first))"
    }
  }

  /// Scores that do not differ.
  private func scores() throws -> [String] {
    guard needs.labels == .score, case .scores(let scores) = set.labels, let first = scores.first,
      set.rows > 1, scores.allSatisfy({ $0 == first })
    else { return [] }
    if needs.comparesRows {
      throw FileError(
        "\(set.name): all scores are \(first), but \(loss) learns of pairs whose scores differ")
    }
    return ["\(set.name): all scores are \(first); vectors that are all alike would do"]
  }

  /// Texts that are the only ones of their class.
  private func lonelyClasses() throws -> [String] {
    guard needs.groupsByLabel, case .classes(let classes, let names) = set.labels else { return [] }
    var counts = [Int](repeating: 0, count: names.count)
    for number in classes { counts[Int(number)] += 1 }
    guard let row = classes.firstIndex(where: { counts[Int($0)] == 1 }) else { return [] }
    let lonely = counts.count { $0 == 1 }
    let name = names[Int(classes[row])].prefix(40)
    guard counts.contains(where: { $0 > 1 }) else {
      throw FileError(
        "\(set.name): each class has one text only, such as `\(name)`, but \(loss) needs two of a "
          + "class"
      )
    }
    return [
      "\(lonely) of \(counts.count { $0 > 0 }) classes \(lonely == 1 ? "has" : "have") one text "
        + "only, "
        + "such as `\(name)` in \(set.place(row)): \(loss) needs two of a class"
    ]
  }

  private func pairsOfTwoClasses() -> [String] {
    guard !isAsked, loss == SoftmaxLoss.name, needs.labels == .classes, needs.columns == 2...2,
      Set(set.classNames) == ["0", "1"]
    else {
      return []
    }
    return [
      "labels are 0 and 1: if they say whether texts belong together, --loss ContrastiveLoss "
        + "learns that"
    ]
  }
}

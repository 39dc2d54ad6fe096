/// An anchor's distances from the rows of a batch, by whether those are of its class.
struct ClassDistances {
  let anchor: Int
  /// From all rows, itself included.
  let distances: [Double]
  private let classes: [Int32]

  init(_ anchor: Int, _ distances: [Double], _ classes: [Int32]) {
    (self.anchor, self.distances, self.classes) = (anchor, distances, classes)
  }

  /// The other rows of its class.
  var positives: [Int] {
    classes.indices.filter { $0 != anchor && classes[$0] == classes[anchor] }
  }

  /// The rows of other classes, the nearest first.
  var nearestNegatives: [Int] {
    classes.indices.filter { classes[$0] != classes[anchor] }
      .sorted { (distances[$0], $0) < (distances[$1], $1) }
  }

  /// What no comparison would find.
  var hasNaN: Bool { distances.contains(where: \.isNaN) }

  /// The farthest row of the class; `nil` where there is none apart from it.
  private var hardestPositive: Int? {
    var hardest: Int?
    for row in positives where distances[row] > hardest.map({ distances[$0] }) ?? 0 {
      hardest = row
    }
    return hardest
  }

  /// The nearest row of another class; without one, the farthest of all.
  private var hardestNegative: Int {
    let negatives = classes.indices.filter { classes[$0] != classes[anchor] }
    return negatives.min { distances[$0] < distances[$1] }
      ?? classes.indices.max { distances[$0] < distances[$1] } ?? anchor
  }

  /// How much farther the farthest of its class is than the nearest of another, through a function.
  /// - Parameters:
  ///   - function: its value and its slope there
  ///   - slopes: those by the distances, to which the function's are added
  func hardest(
    _ slopes: inout [Double], _ function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    guard !hasNaN else { return .nan }
    let (positive, negative) = (hardestPositive, hardestNegative)
    let (value, slope) = function((positive.map { distances[$0] } ?? 0) - distances[negative])
    if let positive { slopes[positive] += slope }
    slopes[negative] -= slope
    return value
  }
}

extension LossNeeds {
  /// Texts of classes, several of each in a batch.
  static let ofClasses = LossNeeds(
    columns: 1...1, labels: .classes, comparesRows: true, groupsByLabel: true)
}

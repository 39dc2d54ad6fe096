package import Tensors

/// Vectors in groups of any number of rows: those of the tokens of each text, say.
public struct RaggedMatrix: Sendable {
  /// The rows of all groups, one group below the other.
  public let matrix: Matrix
  /// Where the rows of each group begin, and where the last one's end.
  private let starts: [Int]

  /// - Parameter lengths: the number of rows of each group
  /// - Precondition: the lengths are not negative and add up to the rows there are.
  public init(_ matrix: Matrix, lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 >= 0 }, "a group of fewer than no rows")
    starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    precondition(starts[lengths.count] == matrix.rows, "\(matrix.rows) rows, lengths of others")
    self.matrix = matrix
  }

  /// - Parameters:
  ///   - columns: E, the length of each vector
  ///   - groups: `[rows, E]` each, perhaps of no rows
  package init(columns: Int, _ groups: [Tensor]) {
    precondition(groups.allSatisfy { $0.columns == columns }, "rows of \(columns) numbers")
    self.init(
      groups.isEmpty ? Matrix(columns: columns, []) : Matrix(Tensor.stacked(groups)),
      lengths: groups.map(\.rows))
  }

  /// Parts, one below the other.
  /// - Precondition: each has so many columns.
  package init(columns: Int, joining parts: [RaggedMatrix]) {
    let rows = RaggedMatrix(columns: columns, parts.map(\.matrix.tensor)).matrix
    self.init(rows, lengths: parts.flatMap(\.lengths))
  }

  /// The number of groups.
  public var count: Int { starts.count - 1 }
  /// The length of each vector.
  public var columns: Int { matrix.columns }
  /// The number of rows of each group.
  public var lengths: [Int] { zip(starts, starts.dropFirst()).map { $1 - $0 } }
  /// The rows of group `index`.
  public subscript(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

  /// Copies the rows of one group.
  public func group(_ index: Int) -> Matrix { Matrix(matrix.tensor.rows(self[index])) }

  /// Some of the groups, in any order and as often as they are named.
  package func picked(_ groups: some Sequence<Int>) -> RaggedMatrix {
    let ranges = groups.map { self[$0] }
    return RaggedMatrix(matrix.picked(ranges.joined()), lengths: ranges.map(\.count))
  }
}

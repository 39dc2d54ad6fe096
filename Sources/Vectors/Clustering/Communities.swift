/// Groups of rows around rows that have many others close to them, as `community_detection` of
/// sentence-transformers 6.2.0 finds them; rows of equal scores come in their order.
package enum Communities {
  /// Finds the communities, by falling size; their rows by falling cosine, the central row first. A
  /// row is in one at most.
  /// - Parameters:
  ///   - threshold: the lowest cosine of a row to the central row
  ///   - smallest: the fewest rows of a community
  package static func find(
    in matrix: Matrix, threshold: Float = 0.75, smallest: Int = 10, name: String, threads: Int,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [[Int]] {
    guard matrix.rows > 0, matrix.rows >= smallest else { return [] }
    let search = Search(matrix, by: .cosine, name: name, threads: threads, cancelled: cancelled)
    let group = min(256, Search.group(columns: matrix.columns, hits: matrix.rows))
    func members(of rows: [Int]) throws -> [[Int]] {
      try search.nearest(
        to: matrix.picked(rows), count: matrix.rows, atLeast: threshold, queriesName: name
      ).map { $0.map(\.row) }
    }
    // Only sizes are kept: all members of all rows could be the square of the number of rows.
    var sizes: [Int] = []
    for start in stride(from: 0, to: matrix.rows, by: group) {
      sizes += try members(of: Array(start..<min(start + group, matrix.rows))).map(\.count)
    }
    let candidates = sizes.indices.filter { sizes[$0] >= smallest }
      .sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    return try disjoint(candidates, of: matrix.rows, smallest, group, members)
  }

  /// Takes the largest community first; what is left of a later one is one too, if it is large enough.
  private static func disjoint(
    _ candidates: [Int], of rows: Int, _ smallest: Int, _ group: Int,
    _ members: ([Int]) throws -> [[Int]]
  ) throws -> [[Int]] {
    var isTaken = [Bool](repeating: false, count: rows)
    var communities: [[Int]] = []
    var rest = candidates[...]
    while !rest.isEmpty {
      var centers: [Int] = []
      while let center = rest.first, centers.count < group {
        rest.removeFirst()
        if !isTaken[center] { centers.append(center) }
      }
      for (center, found) in zip(centers, try members(centers)) where !isTaken[center] {
        let free = found.filter { !isTaken[$0] }
        guard free.count >= smallest else { continue }
        communities.append([center] + free.filter { $0 != center })
        for row in communities[communities.count - 1] { isTaken[row] = true }
      }
    }
    // Swift's sort does not keep the order of equal ones; their indices do.
    return communities.indices
      .sorted { (communities[$1].count, $0) < (communities[$0].count, $1) }
      .map { communities[$0] }
  }
}

/// Numbers below a count in sets, each alone at first, that are joined: union-find (Tarjan, 1975).
package struct DisjointSets {
  /// Another number of the same set, or the number itself, which then stands for the set.
  private var parents: [Int]

  package init(count: Int) { parents = Array(0..<count) }

  /// The number that stands for the set of a number.
  package mutating func root(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      // Half of the way is left out the next time.
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }

  /// Makes one set of two, for which the number stands that stood for the second.
  package mutating func join(_ number: Int, to other: Int) {
    parents[root(of: number)] = root(of: other)
  }
}

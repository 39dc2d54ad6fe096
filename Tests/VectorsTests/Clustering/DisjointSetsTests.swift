import Testing
import Vectors

@Suite struct DisjointSetsTests {
  @Test func numbersAreAloneAtFirst() {
    var sets = DisjointSets(count: 3)
    #expect((0..<3).map { sets.root(of: $0) } == [0, 1, 2])
  }

  @Test func theSecondSetsRootStandsForBoth() {
    var sets = DisjointSets(count: 7)
    sets.join(0, to: 1)
    sets.join(2, to: 3)
    sets.join(0, to: 2)
    sets.join(5, to: 4)
    #expect((0..<7).map { sets.root(of: $0) } == [3, 3, 3, 3, 4, 4, 6])
  }

  @Test func joiningTwiceChangesNothing() {
    var sets = DisjointSets(count: 3)
    sets.join(0, to: 1)
    sets.join(1, to: 0)
    #expect((0..<3).map { sets.root(of: $0) } == [1, 1, 2])
  }
}

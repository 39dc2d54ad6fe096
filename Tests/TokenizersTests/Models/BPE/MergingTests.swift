import TestSupport
import Testing

@testable import Tokenizers

@Suite struct MergingTests {
  /// Merges one pair at a time, searched for from the left.
  private func slowly(_ word: [Int32], _ merges: [[Int32]]) -> [Int32] {
    var word = word
    while true {
      var best: (rank: Int, position: Int)?
      for index in word.indices.dropLast() {
        let pair = [word[index], word[index + 1]]
        guard let rank = merges.firstIndex(where: { Array($0.prefix(2)) == pair }) else { continue }
        if rank < best?.rank ?? Int.max { best = (rank, index) }
      }
      guard let best else { return word }
      word.replaceSubrange(best.position...best.position + 1, with: [merges[best.rank][2]])
    }
  }

  @Test(arguments: [true, false])
  func bothRoadsGoWhereASlowSearchGoes(isRegular: Bool) throws {
    var samples = Samples(seed: 5)
    func random(_ bound: Int) -> Int { samples.int(below: bound) }
    for _ in 0..<300 {
      var merges: [[Int32]] = []
      for id in Int32(3)..<Int32(3 + random(20)) {
        let merge = [Int32(random(Int(id))), Int32(random(Int(id))), id]
        if !merges.contains(where: { $0.prefix(2) == merge.prefix(2) }) { merges.append(merge) }
      }
      var table = MergeTable(capacity: merges.count)
      for merge in merges { try table.insert(merge[0], merge[1], id: merge[2]) }
      var word = (0..<random(random(4) == 0 ? 150 : 33)).map { _ in Int32(random(3)) }
      let expected = slowly(word, merges)
      let merging = Merging(table: table, isRegular: isRegular)
      let left = word.withUnsafeMutableBufferPointer { merging($0) }
      #expect(Array(word[..<left]) == expected)
    }
  }

  @Test(arguments: [1, 15, 16, 17, 256, 257, 5_000])
  func theTreeGivesTheLowestRankAndTheLeftmost(count: Int) {
    var samples = Samples(seed: 3)
    func random(_ bound: Int) -> Int { samples.int(below: bound) }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: MinTree.size(count)) { room in
      let tree = MinTree(room, count: count)
      #expect(tree.first() == nil)
      var ranks = (0..<count).map { _ in Int32(random(count)) }
      for (index, rank) in ranks.enumerated() { tree.set(index, rank) }
      tree.updateAll()
      for _ in 0..<200 {
        let least = ranks.min() ?? MinTree.none
        let found = tree.first()
        #expect(found?.rank == (least == MinTree.none ? nil : least))
        #expect(found?.index == (least == MinTree.none ? nil : ranks.firstIndex(of: least)))
        let index = random(2) == 0 ? found?.index ?? 0 : random(count)
        ranks[index] = random(3) == 0 ? Int32(random(count)) : MinTree.none
        tree.set(index, ranks[index])
        tree.update(index)
      }
    }
  }

  @Test func theQueueGivesTheLowestRankAndTheLeftmost() {
    withUnsafeTemporaryAllocation(of: MergeQueue.Entry.self, capacity: 9) { room in
      var queue = MergeQueue(room)
      for number in [5, 3, 8, 1, 9, 2, 7, 3, 0] {
        queue.push(MergeQueue.entry(UInt64(number % 4) << 32 | 7, at: number))
      }
      var found: [UInt64] = []
      while let entry = queue.pop() { found.append(entry & 0xFFFF_FFFF) }
      #expect(found == [0, 8, 1, 5, 9, 2, 3, 3, 7])
    }
  }

  @Test func ofTheSamePairTheLastMergeCounts() throws {
    var table = MergeTable(capacity: 10)
    try table.insert(1, 2, id: 3)
    try table.insert(1, 2, id: 5)
    #expect(table.count == 1)
    #expect(table.withLookup { $0(1, 2) } == 1 << 32 | 5)
    #expect(table.withLookup { $0(2, 1) } == MergeTable.none)
  }
}

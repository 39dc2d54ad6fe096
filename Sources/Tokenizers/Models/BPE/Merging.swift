/// Merges the symbols of a word in place until none of their pairs is in the table.
struct Merging: Sendable {
  let table: MergeTable
  /// Whether each merge makes an id that stands for a longer string than its left part does, and
  /// that no other piece has. Then a pair that changed never makes what it would have made before.
  let isRegular: Bool

  /// Up to this many symbols each merge scans all pairs, which is faster than a tree.
  private static let few = 32

  /// How many symbols are left, at the start of `symbols`.
  func callAsFunction(_ symbols: UnsafeMutableBufferPointer<Int32>) -> Int {
    guard symbols.count > 1 else { return symbols.count }
    return table.withLookup { step in
      if !isRegular { return mergeIrregular(symbols, step) }
      return symbols.count <= Self.few ? mergeFew(symbols, step) : mergeMany(symbols, step)
    }
  }

  private func mergeFew(
    _ symbols: UnsafeMutableBufferPointer<Int32>, _ step: MergeTable.Lookup
  ) -> Int {
    withUnsafeTemporaryAllocation(of: MergeTable.Step.self, capacity: Self.few) { steps in
      var count = symbols.count
      for index in 0..<count - 1 { steps[index] = step(symbols[index], symbols[index + 1]) }
      // Moved along with the others but never used.
      steps[count - 1] = MergeTable.none
      while true {
        var best = MergeTable.none
        var position = 0
        for index in 0..<count - 1 where steps[index] < best {
          best = steps[index]
          position = index
        }
        if best == MergeTable.none { return count }
        count -= 1
        symbols[position] = MergeTable.id(best)
        var index = position + 1
        while index < count {
          symbols[index] = symbols[index + 1]
          steps[index] = steps[index + 1]
          index += 1
        }
        if position > 0 { steps[position - 1] = step(symbols[position - 1], symbols[position]) }
        if position + 1 < count { steps[position] = step(symbols[position], symbols[position + 1]) }
      }
    }
  }

  /// Each time the lowest rank of all pairs, kept in a tree.
  private func mergeMany(
    _ symbols: UnsafeMutableBufferPointer<Int32>, _ step: MergeTable.Lookup
  ) -> Int {
    let count = symbols.count
    let size = MinTree.size(count)
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * count + size) { room in
      func part(_ start: Int, _ count: Int) -> UnsafeMutableBufferPointer<Int32> {
        UnsafeMutableBufferPointer(rebasing: room[start..<start + count])
      }
      // Of symbols that are left; one that went into the one before it is -1.
      let next = part(0, count)
      let previous = part(count, count)
      // What the merge of each pair makes.
      let made = part(2 * count, count)
      let ranks = MinTree(part(3 * count, size), count: count)
      func look(_ left: Int, _ right: Int) {
        let step = step(symbols[left], symbols[right])
        made[left] = MergeTable.id(step)
        ranks.set(left, step == MergeTable.none ? MinTree.none : MergeTable.rank(step))
      }
      for index in 0..<count {
        next[index] = Int32(truncatingIfNeeded: index + 1)
        previous[index] = Int32(truncatingIfNeeded: index - 1)
        if index + 1 < count { look(index, index + 1) }
      }
      ranks.updateAll()
      while let position = ranks.first()?.index {
        let right = Int(next[position])
        symbols[position] = made[position]
        symbols[right] = -1
        ranks.set(right, MinTree.none)
        let after = Int(next[right])
        next[position] = next[right]
        if after < count {
          previous[after] = Int32(truncatingIfNeeded: position)
          look(position, after)
        } else {
          ranks.set(position, MinTree.none)
        }
        ranks.update(position)
        if right / 16 != position / 16 { ranks.update(right) }
        let before = Int(previous[position])
        if before >= 0 {
          look(before, position)
          ranks.update(before)
        }
      }
      return closeUp(symbols)
    }
  }

  /// As the reference does it: entries are not removed when their pair goes, but count if the pair
  /// that is there now makes the same id.
  private func mergeIrregular(
    _ symbols: UnsafeMutableBufferPointer<Int32>, _ step: MergeTable.Lookup
  ) -> Int {
    let count = symbols.count
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { neighbours in
      // Of symbols that are left; one that went into the one before it is -1.
      let next = UnsafeMutableBufferPointer(rebasing: neighbours[..<count])
      let previous = UnsafeMutableBufferPointer(rebasing: neighbours[count...])
      for index in 0..<count {
        next[index] = Int32(truncatingIfNeeded: index + 1)
        previous[index] = Int32(truncatingIfNeeded: index - 1)
      }
      // Each merge takes an entry and brings two, and there are fewer merges than symbols.
      withUnsafeTemporaryAllocation(of: MergeQueue.Entry.self, capacity: 2 * count) { room in
        var queue = MergeQueue(room)
        func push(_ left: Int, _ right: Int) {
          let step = step(symbols[left], symbols[right])
          if step != MergeTable.none { queue.push(MergeQueue.entry(step, at: left)) }
        }
        for index in 0..<count - 1 { push(index, index + 1) }
        while let entry = queue.pop() {
          let position = Int(entry & 0xFFFF_FFFF)
          let right = Int(next[position])
          guard symbols[position] >= 0, right < count else { continue }
          let now = step(symbols[position], symbols[right])
          guard isStill(now, entry, step) else { continue }
          symbols[position] = MergeTable.id(now)
          symbols[right] = -1
          next[position] = next[right]
          let after = Int(next[position])
          if after < count { previous[after] = Int32(truncatingIfNeeded: position) }
          if previous[position] >= 0 { push(Int(previous[position]), position) }
          if after < count { push(position, after) }
        }
      }
      return closeUp(symbols)
    }
  }

  /// Moves the remaining symbols to the start, and returns how many there are.
  private func closeUp(_ symbols: UnsafeMutableBufferPointer<Int32>) -> Int {
    var left = 0
    for symbol in symbols where symbol >= 0 {
      symbols[left] = symbol
      left += 1
    }
    return left
  }

  /// Whether the merge of the pair that is there now makes what that of the entry would have made.
  private func isStill(
    _ now: MergeTable.Step, _ entry: MergeQueue.Entry, _ step: MergeTable.Lookup
  ) -> Bool {
    if now >> 32 == entry >> 32 { return true }
    return now != MergeTable.none
      && MergeTable.id(now) == step.id(ofRank: Int(entry >> 32))
  }
}

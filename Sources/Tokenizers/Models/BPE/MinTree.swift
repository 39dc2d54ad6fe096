/// The ranks of the pairs of a word in a tree that finds the lowest one, the leftmost of equals:
/// each level holds the minimum of every sixteen entries below. The caller provides the memory.
struct MinTree {
  /// No rank: behind every one.
  static let none = Int32.max
  private static let width = 16

  private let room: UnsafeMutableBufferPointer<Int32>
  /// Where each level starts in `room`, the ranks first; each has a whole number of sixteens. Eight
  /// levels have room for more than any memory.
  private let levels: SIMD8<Int>
  private let depth: Int

  /// How many numbers a tree of `count` ranks needs.
  static func size(_ count: Int) -> Int { layout(count).size }

  /// - Parameters:
  ///   - room: `size(count)` numbers.
  ///   - count: 1 or more, below 2³¹.
  init(_ room: UnsafeMutableBufferPointer<Int32>, count: Int) {
    self.room = room
    (levels, depth, _) = Self.layout(count)
    room.initialize(repeating: Self.none)
  }

  private static func layout(_ count: Int) -> (levels: SIMD8<Int>, depth: Int, size: Int) {
    var levels = SIMD8<Int>()
    var depth = 0
    var size = 0
    var count = count
    repeat {
      levels[depth] = size
      depth += 1
      count = (count + width - 1) / width
      size += count * width
    } while count > 1
    return (levels, depth, size)
  }

  /// Sets the rank at an index; `update` must follow for the levels above.
  func set(_ index: Int, _ rank: Int32) { room[index] = rank }

  /// Computes all levels above the ranks.
  func updateAll() {
    for level in 1..<max(depth, 1) {
      let below = levels[level - 1]
      for index in 0..<(levels[level] - below) / Self.width {
        room[levels[level] + index] = minimum(below + index * Self.width)
      }
    }
  }

  /// Updates the levels above an index after ranks in its group of sixteen changed.
  func update(_ index: Int) {
    var index = index / Self.width
    var level = 1
    while level < depth {
      let now = minimum(levels[level - 1] + index * Self.width)
      let entry = levels[level] + index
      if room[entry] == now { return }
      room[entry] = now
      index /= Self.width
      level += 1
    }
  }

  /// The lowest rank and the first index that has it; nil if there is none.
  func first() -> (index: Int, rank: Int32)? {
    var level = depth - 1
    let rank = minimum(levels[level])
    if rank == Self.none { return nil }
    var index = 0
    while level >= 0 {
      var entry = levels[level] + index * Self.width
      while room[entry] != rank { entry += 1 }
      index = entry - levels[level]
      level -= 1
    }
    return (index, rank)
  }

  /// The minimum of sixteen numbers.
  @inline(__always)
  private func minimum(_ start: Int) -> Int32 {
    let all = UnsafeRawBufferPointer(
      UnsafeBufferPointer(rebasing: room[start..<start + Self.width])
    )
    .loadUnaligned(as: SIMD16<Int32>.self)
    let eight = all.lowHalf.replacing(with: all.highHalf, where: all.highHalf .< all.lowHalf)
    let four = eight.lowHalf.replacing(
      with: eight.highHalf, where: eight.highHalf .< eight.lowHalf)
    return min(min(four[0], four[1]), min(four[2], four[3]))
  }
}

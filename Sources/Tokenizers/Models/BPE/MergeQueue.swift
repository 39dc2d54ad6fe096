/// The merges of a long word that may come next: a heap, the lowest rank and leftmost first, in
/// memory that is given.
struct MergeQueue {
  /// A merge's rank above, the position of its left symbol below.
  typealias Entry = UInt64

  private let room: UnsafeMutableBufferPointer<Entry>
  private var count = 0

  /// Children of each entry: four, side by side, are read faster than two and two.
  private static let width = 4

  /// - Parameter room: for as many entries as are in the queue at a time at most.
  init(_ room: UnsafeMutableBufferPointer<Entry>) { self.room = room }

  static func entry(_ step: MergeTable.Step, at position: Int) -> Entry {
    step & ~0xFFFF_FFFF | Entry(UInt32(truncatingIfNeeded: position))
  }

  mutating func push(_ entry: Entry) {
    var index = count
    count += 1
    while index > 0 {
      let parent = (index - 1) / Self.width
      if room[parent] <= entry { break }
      room[index] = room[parent]
      index = parent
    }
    room[index] = entry
  }

  mutating func pop() -> Entry? {
    guard count > 0 else { return nil }
    let first = room[0]
    count -= 1
    let last = room[count]
    var index = 0
    while true {
      var child = Self.width * index + 1
      guard child < count else { break }
      var smallest = room[child]
      var chosen = child
      let end = min(child + Self.width, count)
      child += 1
      while child < end {
        if room[child] < smallest {
          smallest = room[child]
          chosen = child
        }
        child += 1
      }
      if last <= smallest { break }
      room[index] = smallest
      index = chosen
    }
    room[index] = last
    return first
  }
}

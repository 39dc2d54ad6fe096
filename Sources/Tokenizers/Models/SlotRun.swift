/// How many slots in a row are taken in a hash table that looks from one slot to the next: a lookup
/// may have to pass them all.
enum SlotRun {
  // Tables are at most half full: random keys then fill some 60 slots in a row at a million
  // entries. More is a file that was made to be slow.
  static let longest = 1_000

  /// Whether the run that a slot is in is as short as it should be. It grows by what is inserted
  /// only: a table twice as large parts runs and joins none.
  /// - Parameters:
  ///   - count: how many slots there are, not all of them taken; a power of two.
  ///   - isTaken: whether a slot is.
  @inline(__always)
  static func isShort(around slot: Int, of count: Int, _ isTaken: (Int) -> Bool) -> Bool {
    var length = 1
    for step in [1, -1] {
      var next = (slot &+ step) & (count - 1)
      while isTaken(next) {
        length += 1
        if length > longest { return false }
        next = (next &+ step) & (count - 1)
      }
    }
    return true
  }
}

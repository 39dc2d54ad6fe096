/// 16 bits for each scalar, in pages of 256 that equal stretches share.
struct ScalarTable: Sendable {
  private var pages = [UInt16](repeating: 0, count: 0x110000 >> 8)
  private var cells = [UInt16](repeating: 0, count: 256)

  init() {}

  /// - Parameter runs: for each run of scalars with the same bits the gap after the run before, its
  ///   length less 1, and the bits, as `PackedNumbers`.
  init(runs: StaticString) { Self.visitRuns(runs) { set($0, to: $1) } }

  /// Calls `body` with each run and its bits.
  static func visitRuns(_ runs: StaticString, _ body: (Range<Int>, UInt16) -> Void) {
    var numbers = PackedNumbers(runs)
    var end = 0
    while !numbers.isAtEnd {
      let start = end + numbers.next()
      end = start + numbers.next() + 1
      body(start..<end, UInt16(truncatingIfNeeded: numbers.next()))
    }
  }

  /// 0 where nothing was set.
  subscript(scalar: UInt32) -> UInt16 {
    guard scalar < 0x110000 else { return 0 }
    return cells[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 255)]
  }

  /// Gives each scalar of a run, none of which was set before, the same bits.
  mutating func set(_ scalars: Range<Int>, to value: UInt16) {
    var shared: UInt16?
    var start = scalars.lowerBound
    while start < scalars.upperBound {
      let page = start >> 8
      let end = min(scalars.upperBound, (page + 1) << 8)
      if end - start == 256 {
        let whole = shared ?? newPage(of: value)
        shared = whole
        pages[page] = whole
      } else {
        if pages[page] == 0 { pages[page] = newPage(of: 0) }
        let base = Int(pages[page]) << 8
        for scalar in start..<end { cells[base | scalar & 255] = value }
      }
      start = end
    }
  }

  private mutating func newPage(of value: UInt16) -> UInt16 {
    cells.append(contentsOf: repeatElement(value, count: 256))
    return UInt16(cells.count >> 8 - 1)
  }
}

/// The traits of every scalar, unpacked at first use in well under a millisecond.
struct TraitsTable<Traits: OptionSet & Sendable>: Sendable where Traits.RawValue == UInt16 {
  let bits: ScalarTable

  init(runs: StaticString) { bits = ScalarTable(runs: runs) }

  @inline(__always)
  subscript(scalar: UInt32) -> Traits { Traits(rawValue: bits[scalar]) }
}

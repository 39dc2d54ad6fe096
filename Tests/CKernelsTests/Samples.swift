/// Numbers of which every run of the tests makes the same, uniform in `range` (splitmix64).
func random(_ count: Int, in range: ClosedRange<Float> = -4...4, seed: UInt64 = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    let unit = Float(bits >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }
}

/// Column counts on both sides of every vector width, and real ones.
let sizes = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 43, 63, 64, 65, 196, 384, 1000]

/// The bits of each number, for comparisons in which NaN equals NaN and -0 is not 0.
func bits(_ numbers: some Sequence<Float>) -> [UInt32] { numbers.map(\.bitPattern) }

/// The bits of a row when it is computed alone, and the same row inside batches of `rows` rows that
/// start `offset` floats after an aligned address.
/// - Parameter kernel: A function of rows in place: pointer, rows, columns.
func rowsThatDiffer(
  columns: Int, kernel: (UnsafeMutablePointer<Float>, Int, Int) -> Void
) -> [String] {
  var different: [String] = []
  let row = random(columns, seed: 7)
  var alone = row
  alone.withUnsafeMutableBufferPointer { kernel($0.baseAddress!, 1, columns) }
  for rows in [1, 2, 5] {
    for offset in [0, 1, 3, 7, 13] {
      let space = UnsafeMutableBufferPointer<Float>.allocate(capacity: offset + rows * columns)
      defer { space.deallocate() }
      for place in 0..<rows {
        _ = space.update(fromContentsOf: random(space.count, seed: 3))
        let start = offset + place * columns
        _ = space[start..<(start + columns)].update(fromContentsOf: row)
        kernel(space.baseAddress! + offset, rows, columns)
        if bits(space[start..<(start + columns)]) != bits(alone) {
          different.append("row \(place) of \(rows), offset \(offset)")
        }
      }
    }
  }
  return different
}

/// Unpacks what deflate packed (RFC 1951).
enum Inflation {
  /// The bytes that `packed` stands for, which must be `count`.
  /// - Parameter name: what errors call them
  static func bytes(
    of packed: UnsafeRawBufferPointer, count: Int, name: String
  ) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      var stream = InflationStream(packed, out, name: name)
      while try stream.nextBlock() {}
      guard stream.filled == count else { throw stream.damage }
      filled = count
    }
  }
}

/// Bits that are read, and bytes that are written so far.
private struct InflationStream {
  private let packed: UnsafeRawBufferPointer
  private let out: UnsafeMutableBufferPointer<UInt8>
  private let name: String
  private var position = 0
  /// Bits that were taken from the bytes and not yet used, the next one lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0
  private(set) var filled = 0

  init(
    _ packed: UnsafeRawBufferPointer, _ out: UnsafeMutableBufferPointer<UInt8>, name: String
  ) {
    (self.packed, self.out, self.name) = (packed, out, name)
  }

  var damage: FileError { FileError("\(name) is damaged: it cannot be unpacked; make it again") }

  /// Unpacks one block; whether more follow.
  mutating func nextBlock() throws -> Bool {
    let isLast = try take(1) == 1
    switch try take(2) {
    case 0: try copyStored()
    case 1: try copySymbols(.fixedLengths, .fixedDistances)
    case 2:
      let (lengths, distances) = try readCodes()
      try copySymbols(lengths, distances)
    default: throw damage
    }
    return !isLast
  }

  /// The next `count` ≤ 16 bits as a number.
  private mutating func take(_ count: Int) throws -> Int {
    fill()
    guard bitCount >= count else { throw damage }
    let value = Int(bits & (1 << UInt64(count) - 1))
    drop(count)
    return value
  }

  private mutating func fill() {
    while bitCount <= 56, position < packed.count {
      bits |= UInt64(packed[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  private mutating func drop(_ count: Int) {
    bits >>= UInt64(count)
    bitCount -= count
  }

  private mutating func copyStored() throws {
    drop(bitCount % 8)
    let (count, complement) = (try take(16), try take(16))
    guard count ^ complement == 0xFFFF, count <= out.count - filled else { throw damage }
    for _ in 0..<count {
      out[filled] = UInt8(truncatingIfNeeded: try take(8))
      filled += 1
    }
  }

  /// Words of a length rise with their symbols, and continue from the shorter ones.
  private mutating func symbol(_ code: PrefixCode) throws -> Int {
    fill()
    var (word, first, index) = (0, 0, 0)
    for length in 1...PrefixCode.longest {
      word = word << 1 | Int(bits >> UInt64(length - 1) & 1)
      let count = code.counts[length]
      if word - first < count {
        guard length <= bitCount else { throw damage }
        drop(length)
        return code.symbols[index + word - first]
      }
      (first, index) = ((first + count) << 1, index + count)
    }
    throw damage
  }

  // RFC 1951, 3.2.5: the least of each length or distance, and how many more bits say which.
  private static let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distances = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]

  /// Literal bytes, and copies of what was written before.
  private mutating func copySymbols(_ lengths: PrefixCode, _ distances: PrefixCode) throws {
    while true {
      let symbol = try symbol(lengths)
      if symbol == 256 { return }
      guard symbol > 256 else {
        guard filled < out.count else { throw damage }
        out[filled] = UInt8(truncatingIfNeeded: symbol)
        filled += 1
        continue
      }
      guard symbol - 257 < Self.lengths.count else { throw damage }
      let length = Self.lengths[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
      let place = try self.symbol(distances)
      guard place < Self.distances.count else { throw damage }
      let distance = Self.distances[place] + (try take(max(0, place / 2 - 1)))
      guard distance <= filled, length <= out.count - filled else { throw damage }
      // Byte by byte: a copy may reach into itself.
      for _ in 0..<length {
        out[filled] = out[filled - distance]
        filled += 1
      }
    }
  }

  // RFC 1951, 3.2.7: the order in which lengths of the code of lengths come.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private mutating func readCodes() throws -> (lengths: PrefixCode, distances: PrefixCode) {
    let (literals, distances) = (try take(5) + 257, try take(5) + 1)
    let count = try take(4) + 4
    var first = [Int](repeating: 0, count: 19)
    for index in Self.order.prefix(count) { first[index] = try take(3) }
    guard let code = PrefixCode(first) else { throw damage }
    var lengths: [Int] = []
    while lengths.count < literals + distances {
      let symbol = try symbol(code)
      switch symbol {
      case 0...15: lengths.append(symbol)
      case 16:
        guard let last = lengths.last else { throw damage }
        lengths += Array(repeating: last, count: try take(2) + 3)
      case 17: lengths += Array(repeating: 0, count: try take(3) + 3)
      default: lengths += Array(repeating: 0, count: try take(7) + 11)
      }
    }
    guard lengths.count == literals + distances,
      let first = PrefixCode(Array(lengths[..<literals])),
      let second = PrefixCode(Array(lengths[literals...]))
    else { throw damage }
    return (first, second)
  }
}

/// A code of which no word begins another, given by the lengths of words alone (RFC 1951, 3.2.2).
private struct PrefixCode {
  static let longest = 15

  /// How many words have each length.
  let counts: [Int]
  /// By the length of their words, then by number.
  let symbols: [Int]

  static let fixedLengths = PrefixCode(
    sorting: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = PrefixCode(sorting: Array(repeating: 5, count: 30))

  private init(sorting lengths: [Int]) {
    counts = (0...Self.longest).map { length in
      length == 0 ? 0 : lengths.reduce(0) { $0 + ($1 == length ? 1 : 0) }
    }
    symbols = lengths.indices.filter { lengths[$0] > 0 }
      .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  /// - Parameter lengths: of each symbol's word, 0 where it has none; at most `longest`
  /// - Returns: nil where words would begin others
  init?(_ lengths: [Int]) {
    self.init(sorting: lengths)
    let taken = counts.enumerated().reduce(0) { $0 + $1.element << (Self.longest - $1.offset) }
    guard taken <= 1 << Self.longest else { return nil }
  }
}

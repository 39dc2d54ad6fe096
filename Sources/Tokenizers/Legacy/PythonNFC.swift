/// Canonical composition as Python 3.11 makes it, by Unicode 14.
struct PythonNFC: Sendable {
  private let traits = PythonTraitsTable.shared
  private let decomposition = ScalarMapping.pythonDecomposition
  private let composites = Self.composites

  /// The composite of each pair.
  private static let composites: [UInt64: UInt32] = {
    var composites: [UInt64: UInt32] = [:]
    var numbers = PackedNumbers(PythonCompositionData.text)
    var scalar = 0
    while !numbers.isAtEnd {
      scalar += numbers.next()
      // Each is made of two.
      _ = numbers.next()
      let first = scalar + numbers.nextSigned()
      let second = scalar + numbers.nextSigned()
      composites[key(UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: second))] =
        UInt32(truncatingIfNeeded: scalar)
      scalar += 1
    }
    return composites
  }()

  func callAsFunction(_ text: inout TextBuffer) {
    // Below U+0300, whose first byte is CC, nothing decomposes but what composes again.
    guard text.bytes.contains(where: { $0 >= 0xCC }) else { return }
    text.rewrite { source, output in
      var scalars = decomposed(source)
      compose(&scalars)
      for scalar in scalars { output.append(scalar: scalar) }
    }
  }

  /// All scalars decomposed, the marks after each starter in the order of their classes.
  private func decomposed(_ source: UnsafeRawBufferPointer) -> [UInt32] {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(source.count)
    // Where the marks begin that are not in order yet.
    var marks = 0
    var position = 0
    while position < source.count {
      let (scalar, end) = source.scalar(at: position)
      position = end
      appendParts(scalar) { part in
        scalars.append(part)
        if traits[part].combiningClass == 0 {
          order(&scalars, marks..<scalars.count - 1)
          marks = scalars.count
        }
      }
    }
    order(&scalars, marks..<scalars.count)
    return scalars
  }

  private func appendParts(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    guard scalar >= 0xAC00, scalar <= 0xD7A3 else { return decomposition(scalar, emit) }
    let index = scalar - 0xAC00
    emit(0x1100 + index / 588)
    emit(0x1161 + index % 588 / 28)
    if index % 28 > 0 { emit(0x11A7 + index % 28) }
  }

  private func order(_ scalars: inout [UInt32], _ marks: Range<Int>) {
    guard marks.count > 1 else { return }
    let traits = traits
    // `sort` is stable: equal classes stay as they came.
    scalars[marks].sort { traits[$0].combiningClass < traits[$1].combiningClass }
  }

  /// Unites each starter with what follows it as long as nothing of the same class is between.
  private func compose(_ scalars: inout [UInt32]) {
    var starter: Int?
    var lastClass: UInt32 = 0
    var count = 0
    for scalar in scalars {
      let combiningClass = traits[scalar].combiningClass
      if let starter, lastClass < combiningClass || lastClass == 0,
        let composite = composite(scalars[starter], scalar)
      {
        scalars[starter] = composite
        continue
      }
      if combiningClass == 0 { starter = count }
      lastClass = combiningClass
      scalars[count] = scalar
      count += 1
    }
    scalars.removeLast(scalars.count - count)
  }

  private func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first >= 0x1100, first < 0x1113, second >= 0x1161, second < 0x1176 {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if first >= 0xAC00, first <= 0xD7A3, (first - 0xAC00) % 28 == 0, second > 0x11A7,
      second < 0x11C3
    {
      return first + second - 0x11A7
    }
    return composites[Self.key(first, second)]
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }
}

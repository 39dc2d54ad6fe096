/// The pairs of scalars that NFC makes one of.
struct CompositionTable: Sendable {
  private var composites: [UInt64: UInt32] = [:]
  /// The scalars that can join one before them, some several times.
  private(set) var seconds: [UInt32] = Array(0x1161..<0x1176) + Array(0x11A8..<0x11C3)
  /// 1 for each of them.
  private var joining = ScalarTable()

  /// - Parameter pairs: composites and the two scalars that each is made of.
  init(_ pairs: ScalarMapping) {
    composites.reserveCapacity(pairs.scalars.count)
    for scalar in pairs.scalars {
      var parts: [UInt32] = []
      pairs(scalar) { parts.append($0) }
      guard parts.count == 2 else { continue }
      composites[Self.key(parts[0], parts[1])] = scalar
      seconds.append(parts[1])
    }
    for scalar in seconds { joining.set(Int(scalar)..<Int(scalar) + 1, to: 1) }
  }

  /// What two scalars become; nil if they stay two.
  func callAsFunction(_ first: UInt32, _ second: UInt32) -> UInt32? {
    guard joining[second] != 0 else { return nil }
    return syllable(first, second) ?? composites[Self.key(first, second)]
  }

  /// Syllables of Hangul (Unicode, section 3.12): 21 vowels, 28 positions after each.
  private func syllable(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- 0x1100 < 19, second &- 0x1161 < 21 {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    let index = first &- 0xAC00
    guard index < 11_172, index % 28 == 0, second &- 0x11A8 < 27 else { return nil }
    return first + second - 0x11A7
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }
}

/// Composes decomposed scalars one after the other, as NFC does.
struct CanonicalComposition {
  private let data: CanonicalData
  /// The starter that marks still can join.
  private var starter: UInt32?
  /// Marks behind it that did not.
  private var marks: [UInt32] = []
  /// The class of the last of them.
  private var lastClass: UInt32?

  init(_ data: CanonicalData) { self.data = data }

  /// Takes the next scalar and passes on those whose position is now known.
  mutating func push(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    let combiningClass = data.combiningClass(scalar)
    guard let first = starter else {
      if combiningClass == 0 { starter = scalar } else { emit(scalar) }
      return
    }
    // A mark behind another of the same class, or of a higher one, cannot reach the starter.
    let isBlocked = lastClass.map { $0 >= combiningClass } ?? false
    if !isBlocked, let composite = data.composition(first, scalar) {
      starter = composite
    } else if combiningClass == 0 {
      finish(emit)
      starter = scalar
    } else {
      marks.append(scalar)
      lastClass = combiningClass
    }
  }

  /// Passes on what waited.
  mutating func finish(_ emit: (UInt32) -> Void) {
    if let starter { emit(starter) }
    for mark in marks { emit(mark) }
    starter = nil
    marks.removeAll(keepingCapacity: true)
    lastClass = nil
  }
}

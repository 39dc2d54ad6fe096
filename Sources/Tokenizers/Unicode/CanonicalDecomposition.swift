/// Decomposes scalars one after the other, as NFD (or, with its mapping, NFKD) does, and may drop
/// some on the way.
struct CanonicalDecomposition {
  /// Scalars with one of these traits are not passed on. They still end a run of marks.
  private let dropped: UInt16
  private let traits: ScalarTable
  private let decomposition: ScalarMapping
  /// Marks since the last starter, each with its combining class in the upper 8 bits.
  private var waiting: [UInt32] = []

  /// NFD of Unicode 9 without some scalars.
  init(dropping dropped: ScalarTraits) {
    self.init(.measured, dropping: dropped.rawValue)
  }

  /// - Parameter mapping: what scalars are taken apart into, if not canonically.
  init(_ data: CanonicalData, _ mapping: ScalarMapping? = nil, dropping dropped: UInt16 = 0) {
    traits = data.traits
    decomposition = mapping ?? data.decomposition
    self.dropped = dropped
  }

  /// Whether the next starter could be written as it is.
  var isIdle: Bool { waiting.isEmpty }

  /// Takes the next scalar and passes on those whose position is now known.
  mutating func push(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    if scalar >= 0xAC00, scalar <= 0xD7A3 {
      finish(emit)
      pushSyllable(scalar - 0xAC00, emit)
    } else {
      let decomposition = decomposition
      decomposition(scalar) { part in insert(part, emit) }
    }
  }

  /// Passes on what waited, marks in the order of their classes; equal classes stay as they came.
  mutating func finish(_ emit: (UInt32) -> Void) {
    guard !waiting.isEmpty else { return }
    if waiting.count > 1 { waiting.sort { $0 >> 24 < $1 >> 24 } }  // `sort` is stable
    for mark in waiting { emit(mark & 0xFF_FFFF) }
    waiting.removeAll(keepingCapacity: true)
  }

  private mutating func insert(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    let traits = traits[scalar]
    let combiningClass = UInt32(traits >> 8)
    if combiningClass == 0 { finish(emit) }
    guard traits & dropped == 0 else { return }
    if combiningClass == 0 {
      emit(scalar)
    } else {
      waiting.append(combiningClass << 24 | scalar)
    }
  }

  /// A syllable of Hangul is its leading consonant, vowel and, if any, trailing consonant: 21
  /// vowels times 28 trailing positions to each leading consonant (Unicode, section 3.12).
  private func pushSyllable(_ index: UInt32, _ emit: (UInt32) -> Void) {
    emit(0x1100 + index / 588)
    emit(0x1161 + index % 588 / 28)
    if index % 28 > 0 { emit(0x11A7 + index % 28) }
  }
}

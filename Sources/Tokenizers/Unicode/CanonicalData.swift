/// What Unicode's normalization forms ask of a version of Unicode: the order of marks, what each
/// scalar is made of, and what composes.
struct CanonicalData: Sendable {
  /// Unicode 9, as the reference's crate has it.
  static let measured = Self(
    ScalarTraits.table.bits, .decomposition,
    CompositionTable(ScalarMapping(CompositionData.text)))
  /// Unicode 14, as Python 3.11 has it.
  static let python = Self(
    PythonTraits.table.bits, .pythonDecomposition,
    CompositionTable(ScalarMapping(CompositionData.text, PythonCompositionData.text)))

  /// Traits of each scalar, and its canonical combining class in the upper 8 bits.
  let traits: ScalarTable
  /// Without the syllables of Hangul.
  let decomposition: ScalarMapping
  let composition: CompositionTable

  private init(
    _ traits: ScalarTable, _ decomposition: ScalarMapping, _ composition: CompositionTable
  ) {
    self.traits = traits
    self.decomposition = decomposition
    self.composition = composition
  }

  /// The canonical combining class: 0 for a starter, else where a mark stands among marks.
  func combiningClass(_ scalar: UInt32) -> UInt32 { UInt32(traits[scalar] >> 8) }
}

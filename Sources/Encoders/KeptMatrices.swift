package import ModelFiles
import Synchronization
import Tensors

/// A matrix in 8 bits as a file keeps it, so that products are made of the map: packed for the kernels, of
/// one matrix of a checkpoint, or of several whose rows lie one below the other in one product. Three
/// tensors by the name of the first have it:
///
/// - `NAME.int8`, I8 `[panels, bytes]`: 32 outputs a panel, as CKernels/Products/layout.h has them
/// - `NAME.int8_scales`, F32 `[32 · panels]`: what an output's bytes are multiplied by
/// - `NAME.int8_sums`, I32 `[32 · panels]`: the sum of an output's bytes
package struct KeptMatrix: Sendable {
  static let (packed, scales, sums) = (".int8", ".int8_scales", ".int8_sums")

  /// The whole names of the checkpoint's tensors that it is made of.
  package let parts: [String]
  let weight: Weight

  /// Whether it stays where the checkpoint has it.
  package var isStored: Bool { weight.isStored }

  /// What a file keeps of it.
  package var tensors: [NewTensor] {
    let size = Weight.packedSize(outputs: weight.outputs, inputs: weight.inputs)
    func tensor(
      _ ending: String, _ type: ElementType, _ shape: [Int],
      _ part: @escaping @Sendable (PackedParts) -> UnsafeRawBufferPointer
    ) -> NewTensor {
      NewTensor(parts[0] + ending, type, shape) { [weight] append in
        try weight.withPackedParts { try append(part($0)) }
      }
    }
    return [
      tensor(Self.packed, .i8, [size.panels, size.panelBytes]) { $0.bytes },
      tensor(Self.scales, .f32, [32 * size.panels]) { $0.scales },
      tensor(Self.sums, .i32, [32 * size.panels]) { $0.sums },
    ]
  }
}

/// Notes the matrices that a network multiplies by, as it is made.
package final class MatrixRecorder: Sendable {
  private let found = Mutex<[String: KeptMatrix]>([:])

  package init() {}

  /// In the order of their names.
  package var matrices: [KeptMatrix] {
    found.withLock { $0.values.sorted { $0.parts[0] < $1.parts[0] } }
  }

  func note(_ parts: [String], _ weight: Weight) {
    guard let first = parts.first else { return }
    found.withLock { $0[first] = KeptMatrix(parts: parts, weight: weight) }
  }
}

extension Weights {
  /// A product's matrix that the file keeps in 8 bits; `nil` where it has the checkpoint's own.
  /// - Parameter parts: the matrices that lie one below the other in it
  func keptWeight(_ parts: [(name: String, rows: Int)], _ columns: Int) throws -> Weight? {
    guard let first = parts.first, trained.isEmpty, has(first.name + KeptMatrix.packed) else {
      return nil
    }
    guard precision == .int8 else {
      throw FileError(
        "\(place(of: first.name + KeptMatrix.packed)) keeps weights in 8 bits (`convert --dtype int8`), of "
          + "which int8 alone computes; take --precision int8, or the model that this was made of")
    }
    let outputs = parts.reduce(0) { $0 + $1.rows }
    try checkExtents(outputs, columns, first.name + KeptMatrix.packed)
    let size = Weight.packedSize(outputs: outputs, inputs: columns)
    func part(_ ending: String, _ type: ElementType, _ shape: [Int]) throws -> RawTensor {
      let raw = try raw(first.name + ending, shape)
      guard raw.type == type, raw.blocks == nil else {
        throw FileError(
          "\(place(of: first.name + ending)) is \(raw.type.rawValue), should be \(type.rawValue)")
      }
      // What is not mapped is lent for a moment only.
      guard raw.isMapped(alignedTo: 1) else {
        throw FileError(
          "\(place(of: first.name + ending)) does not lie in order in its file; write it anew "
            + "(`embed convert --dtype int8`)")
      }
      return raw
    }
    let packed = try part(KeptMatrix.packed, .i8, [size.panels, size.panelBytes])
    let scales = try part(KeptMatrix.scales, .f32, [32 * size.panels])
    let sums = try part(KeptMatrix.sums, .i32, [32 * size.panels])
    guard scales.file === packed.file, sums.file === packed.file else {
      throw FileError(
        "\(place(of: first.name + KeptMatrix.packed)) has its scales and sums in another file; the three should "
          + "lie in one")
    }
    return try packed.withBytes { bytes in
      try scales.withBytes { scales in
        try sums.withBytes { sums in
          Weight(
            outputs: outputs, inputs: columns,
            packed: PackedParts(bytes: bytes, scales: scales, sums: sums), from: packed.file)
        }
      }
    }
  }
}

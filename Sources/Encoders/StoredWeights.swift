import ModelFiles
import Tensors

/// Matrices and tables that stay where a file has them.
extension Weights {
  // 4 GB: of such models packing takes seconds, and as much memory again. Smaller ones are packed, which
  // makes them faster where texts are few and short.
  package static let fewestStored = 4 << 30

  /// A matrix, or several one below the other, that stays where the file has it, in half precision;
  /// `nil` where it is none such, the precision computes of other parts of it, or the model is small.
  func storedWeight(_ parts: [(name: String, rows: Int)], _ columns: Int) throws -> Weight? {
    guard precision == .bf16 || precision == .f32,
      file.files.reduce(0, { $0 + $1.count }) >= storedFrom,
      let rows = try storedRows(parts, columns)
    else { return nil }
    try checkExtents(rows.rows, columns, parts[0].name)
    return Weight(stored: rows, precision)
  }

  /// Rows where the file has them, in half precision; `nil` where it has others, or something is made of
  /// them.
  private func storedRows(
    _ parts: [(name: String, rows: Int)], _ columns: Int
  ) throws -> StoredRows? {
    guard columns > 0, parts.allSatisfy({ trained.tensors[prefix + $0.name] == nil }) else {
      return nil
    }
    let raws = try parts.map { try raw($0.name, [$0.rows, columns]) }
    guard let format = FloatFormat(raws[0].type), format.byteCount == 2,
      raws.allSatisfy({ raw in
        raw.type == raws[0].type && raw.blocks == nil && changes[raw.name] == nil
          && raw.isMapped(alignedTo: MemoryLayout<UInt16>.alignment)
      })
    else { return nil }
    let halves = try raws.map { raw in
      try raw.withBytes {
        (halves: $0.bindMemory(to: UInt16.self), owner: raw.file as any AnyObject & Sendable)
      }
    }
    return StoredRows(halves, columns: columns, format)
  }

  /// The vectors of a vocabulary, which need not be in memory.
  func words(_ name: String, _ rows: Int, _ columns: Int) throws -> WordTable {
    if trained.changes[prefix + name] == nil, let stored = try storedRows([(name, rows)], columns) {
      return .stored(stored)
    }
    return .tensor(try table(name, rows, columns))
  }
}

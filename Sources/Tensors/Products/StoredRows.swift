import CKernels

/// The rows of a matrix where a file has them, in half precision; or those of several matrices, one below
/// the other.
///
/// What is borrowed is never written to and lives as long as its owners; that is what makes it `Sendable`.
package struct StoredRows: @unchecked Sendable {
  package let format: FloatFormat
  package let rows, columns: Int
  private let parts: [Part]
  private let owners: [any AnyObject & Sendable]

  private struct Part {
    let start: UnsafePointer<UInt16>
    let rows: Range<Int>
  }

  /// - Parameters:
  ///   - parts: rows of `columns` numbers, which `owner` keeps valid and unchanged
  ///   - format: float16 or bfloat16
  package init(
    _ parts: [(halves: UnsafeBufferPointer<UInt16>, owner: any AnyObject & Sendable)],
    columns: Int, _ format: FloatFormat
  ) {
    precondition(format.byteCount == 2 && columns > 0, "rows of \(columns) in \(format)")
    var (made, end): ([Part], Int) = ([], 0)
    for part in parts {
      guard let start = part.halves.baseAddress else { continue }
      let rows = end..<end + part.halves.count / columns
      made.append(Part(start: start, rows: rows))
      end = rows.upperBound
    }
    (self.parts, owners, self.columns, self.format) = (made, parts.map(\.owner), columns, format)
    rows = end
  }

  private func row(_ index: Int) -> UnsafePointer<UInt16> {
    guard let part = parts.first(where: { $0.rows.contains(index) }) else {
      preconditionFailure("row \(index) of \(rows)")
    }
    return part.start + (index - part.rows.lowerBound) * columns
  }

  /// Some rows in float32, in which they are what they are.
  /// - Shapes: N numbers of rows → `[N, columns]`
  package func rows(at numbers: [Int32]) -> Tensor {
    Tensor([numbers.count, columns]) { out in
      guard let out = out.baseAddress else { return }
      raise(numbers.lazy.map(Int.init), 0..<columns, into: out)
    }
  }

  /// Some columns of some rows.
  private func raise(
    _ numbers: some Sequence<Int>, _ part: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    let widen = format == .float16 ? ck_widen_f16 : ck_widen_bf16
    withExtendedLifetime(owners) {
      for (index, number) in numbers.enumerated() {
        widen(out + index * part.count, row(number) + part.lowerBound, part.count)
      }
    }
  }

  // What is raised at once: enough for a product to go the way that large ones go.
  private static let mostRaised = 1 << 20

  /// Lends some rows in float32, one part after the other.
  func raise(
    _ rows: Range<Int>, _ body: (_ part: Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    let unit = Matmul.unitOutputs
    let count = max(1, Self.mostRaised / columns / unit) * unit
    // The last part has the rest too: few outputs would go another way.
    let parts = max(1, rows.count / count)
    let room = Storage(
      count: (parts == 1 ? rows.count : rows.count - (parts - 1) * count) * columns)
    guard let floats = room.floats.baseAddress else { return }
    for part in 0..<parts {
      let first = rows.lowerBound + part * count
      let range = first..<(part + 1 == parts ? rows.upperBound : first + count)
      raise(range, 0..<columns, into: floats)
      body(range, floats)
    }
    withExtendedLifetime(room) {}
  }

  // Columns that are computed together: so many that rows are read in runs, and the same on any number of
  // threads.
  private static let blockColumns = 256

  /// y · W, of which some columns are in float32 at a time, and from there in what products are of.
  /// - Shapes: y `[N, rows]` → `[N, columns]`
  func product(with y: Tensor, as format: OperandFormat = .float32) -> Tensor {
    precondition(y.columns == rows, "\(y.shape) times [\(rows), \(columns)]")
    let width = columns
    return Tensor([y.rows, width]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      let blocks = (width + Self.blockColumns - 1) / Self.blockColumns
      Parallel.split(blocks, unit: 1) { part in
        for block in part {
          let first = block * Self.blockColumns
          let part = first..<min(first + Self.blockColumns, width)
          let turned = Weight(rows: raised(part).transposed(), format.precision)
          y.linear(turned, bias: nil).withPointer { made in
            for row in 0..<y.rows {
              (out + row * width + first).update(from: made + row * part.count, count: part.count)
            }
          }
        }
      }
    }
  }

  /// Some columns of all rows.
  private func raised(_ part: Range<Int>) -> Tensor {
    Tensor([rows, part.count]) { out in
      if let out = out.baseAddress { raise(0..<rows, part, into: out) }
    }
  }

  /// All rows in float32.
  package var raised: Tensor { rows(at: (0..<Int32(rows)).map(\.self)) }

  /// Packs up to 32 rows, from one on, as outputs of a product.
  func pack(from first: Int, into packed: UnsafeMutablePointer<UInt16>) {
    let count = min(PackedWeight.panel, rows - first)
    guard format == .bfloat16 else {
      return raise(first..<first + count) { _, floats in
        ck_pack_weight_bf16(packed, floats, count, columns, CK_BFLOAT16)
      }
    }
    let starts: [UnsafePointer<UInt16>?] = (first..<first + count).map(row)
    withExtendedLifetime(owners) {
      starts.withUnsafeBufferPointer {
        ck_pack_panel_of_bf16(packed, $0.baseAddress, count, columns)
      }
    }
  }
}

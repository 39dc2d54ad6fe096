import CKernels

/// Rows of bfloat16.
package struct BFloat16Rows: Sendable {
  package let rows, columns: Int
  private let storage: Storage

  /// Makes rows, all of which `fill` writes.
  init(rows: Int, columns: Int, fill: (UnsafeMutablePointer<UInt16>) -> Void) {
    (self.rows, self.columns) = (rows, columns)
    // Two of them lie in the place of a float.
    storage = Storage(count: (rows * columns + 1) / 2)
    if let start = storage.halves { fill(start) }
  }

  /// Lends the first of them.
  func withPointer(_ body: (UnsafePointer<UInt16>) -> Void) {
    withExtendedLifetime(storage) {
      guard let start = storage.halves else { return }
      body(start)
    }
  }
}

extension Tensor {
  /// The rows rounded to bfloat16.
  package func narrowed() -> BFloat16Rows {
    BFloat16Rows(rows: rows, columns: columns) { out in
      withPointer { ck_round_to_bf16(out, columns, $0, columns, rows, columns) }
    }
  }
}

extension Linear {
  /// Whether what it makes may be rounded to bfloat16: products are in that precision, or a lower.
  package var isNarrow: Bool {
    if case .panels(let panels) = weight.form { panels.format != .bfloat16x2 } else { false }
  }

  /// x · Wᵀ + b, rounded to bfloat16; `nil` where that is not this layer's precision.
  /// - Shapes: `[N, inputs]` → `[N, outputs]`
  package func narrow(_ x: Tensor) -> BFloat16Rows? {
    guard isNarrow, case .panels(let panels) = weight.form else { return nil }
    return BFloat16Rows(rows: x.rows, columns: weight.outputs) { out in
      nonisolated(unsafe) let out = out
      x.eachPackedBlock {
        PackedRun(PackedProduct(self, panels), rows: $0)
      } body: {
        run, x, count, start in
        run.product.write(narrow: out + start * weight.outputs)
        run(x, rows: count)
      }
    }
  }
}

extension BFloat16Rows {
  /// `Tensor.attention` of these queries, keys and values side by side, in bfloat16, and what
  /// `output` makes of it.
  /// - Parameter edge: the one token of each sequence that is asked for; all unless said
  /// - Shapes: `[N, A·D + 2·A'·D]` → `[N, outputs]`, or as many rows as `layout.keeping(edge)` has
  package func attended(
    _ layout: SequenceLayout, _ heads: AttentionShape, size: Int, bias: (any ScoreBias)?,
    then output: Linear, adding residual: Tensor?, only edge: Edge? = nil
  ) -> Tensor {
    let attention = BFloat16Attention(
      heads, size: size, longest: layout.longest, bias: bias, only: edge)
    let targets = layout.keeping(edge)
    let rows = targets.rows
    let width = heads.count * size
    precondition(columns == width + 2 * heads.keyValueHeads * size, "\(columns) columns")
    guard case .panels(let panels) = output.weight.form, panels.format == .bfloat16 else {
      let attended = Tensor([rows, width]) { out in
        guard let out = out.baseAddress else { return }
        if !targets.padding.isEmpty { out.update(repeating: 0, count: rows * width) }
        attention(self, layout) { setting, sequence in
          let row = targets[sequence].lowerBound
          setting.out = out + row * width
          setting.out_stride = width
        }
      }
      return output(attended, adding: residual)
    }
    let tiles = PackedRows(rows: rows, columns: width, for: panels)
    attention(self, layout) { setting, sequence in
      setting.packed = tiles.halves
      setting.packed_format = CK_BFLOAT16
      setting.packed_columns = width
      setting.packed_row = targets[sequence].lowerBound
    }
    return Tensor([rows, output.weight.outputs]) { out in
      var product = PackedProduct(output, panels)
      product.write(to: out.baseAddress)
      residual.withPart(from: 0) { residual in
        product.add(residual)
        product(tiles, rows: rows, PackedScratch(rows: rows))
      }
    }
  }
}

/// Attention of one sequence after another, in memory that all of them use.
private struct BFloat16Attention {
  private let heads: AttentionShape
  private let size: Int
  private let scale: Float
  private let bias: (any ScoreBias)?
  private let edge: Edge?
  private let scratch: Storage
  /// Scores' biases of one head, `[T, T]`, then room for making them.
  private let biases: Storage

  init(
    _ heads: AttentionShape, size: Int, longest: Int, bias: (any ScoreBias)?, only edge: Edge?
  ) {
    (self.heads, self.size, self.bias, self.edge) = (heads, size, bias, edge)
    scale = heads.scale ?? 1 / Float(size).squareRoot()
    scratch = Storage(count: ck_attention_scratch(longest, size))
    biases = Storage(count: bias.map { longest * longest + $0.room(tokens: longest) } ?? 0)
  }

  /// - Parameter target: says where the result of a sequence goes
  func callAsFunction(
    _ rows: BFloat16Rows, _ layout: SequenceLayout,
    target: (inout ck_attention, _ sequence: Int) -> Void
  ) {
    let (width, keyWidth) = (heads.count * size, heads.keyValueHeads * size)
    rows.withPointer { start in
      for sequence in 0..<layout.count where !layout[sequence].isEmpty {
        let range = layout[sequence]
        var setting = ck_attention()
        let queries = Edge.places(edge, tokens: range.count)
        (setting.queries, setting.keys) = (queries.count, range.count)
        (setting.heads, setting.key_heads, setting.size) = (heads.count, heads.keyValueHeads, size)
        let first = start + range.lowerBound * rows.columns
        (setting.q, setting.k, setting.v) = (first, first + width, first + width + keyWidth)
        setting.q_stride = rows.columns
        setting.k_stride = rows.columns
        setting.v_stride = rows.columns
        setting.q = setting.q.map { $0 + queries.lowerBound * rows.columns }
        setting.scale = scale
        target(&setting, sequence)
        attend(&setting, range, queries)
      }
    }
    withExtendedLifetime((scratch, biases)) {}
  }

  private func attend(
    _ setting: inout ck_attention, _ sequence: Range<Int>, _ queries: Range<Int>
  ) {
    let tokens = sequence.count
    guard !heads.mask.isWhole(tokens: tokens) else {
      return attendHeads(&setting, sequence, queries)
    }
    let seen = queries.map { heads.mask.keys(of: $0, tokens: tokens) }
    seen.map { Int32($0.lowerBound) }.withUnsafeBufferPointer { first in
      seen.map { Int32($0.upperBound) }.withUnsafeBufferPointer { last in
        (setting.first, setting.last) = (first.baseAddress, last.baseAddress)
        attendHeads(&setting, sequence, queries)
      }
    }
  }

  /// All heads at once, or one after the other where each has a bias of its own.
  private func attendHeads(
    _ setting: inout ck_attention, _ sequence: Range<Int>, _ queries: Range<Int>
  ) {
    let features = ProcessorFeatures.found.bits
    guard let bias, let added = biases.floats.baseAddress else {
      return ck_attention_bf16(&setting, scratch.floats.baseAddress, features)
    }
    let tokens = sequence.count
    for head in 0..<heads.count {
      bias.fill(
        ScoreBlock(
          head: head, sequence: sequence, queries: queries, keys: 0..<tokens, scores: added,
          room: added + queries.count * tokens))
      // The kernel adds it to scores that are scaled.
      for index in 0..<queries.count * tokens { added[index] *= scale }
      var single = setting
      let keyColumn = head / (heads.count / heads.keyValueHeads) * size
      (single.heads, single.key_heads) = (1, 1)
      single.q = setting.q.map { $0 + head * size }
      single.k = setting.k.map { $0 + keyColumn }
      single.v = setting.v.map { $0 + keyColumn }
      single.out = setting.out.map { $0 + head * size }
      single.packed_column = head * size
      (single.bias, single.bias_stride) = (UnsafePointer(added), tokens)
      ck_attention_bf16(&single, scratch.floats.baseAddress, features)
    }
  }
}

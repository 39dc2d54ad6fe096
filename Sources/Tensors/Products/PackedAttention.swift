import CKernels

/// Attention in bfloat16, between products in that precision or a lower, or in two parts of it,
/// between such products.
struct PackedAttention: Sendable {
  private let layout: SequenceLayout
  private let shape: AttentionShape
  private let bias: (any ScoreBias)?
  /// Which rows are asked for, and where they go.
  private let queries, targets: SequenceLayout

  init(
    _ layout: SequenceLayout, _ shape: AttentionShape, bias: (any ScoreBias)?,
    queries: SequenceLayout?
  ) {
    (self.layout, self.shape, self.bias) = (layout, shape, bias)
    self.queries = queries ?? layout
    targets = queries?.alone ?? layout
  }

  /// `Tensor.selfAttention`.
  func callAsFunction(
    _ x: Tensor, _ projection: Linear, _ prepare: QueryKeyTransform, _ output: Linear,
    adding residual: Tensor?
  ) -> Tensor {
    let isExact = projection.weight.format == .bfloat16x2
    guard bias != nil || !prepare.isIdentity || isExact else {
      return attended(x.packedLinear(toBFloat16: projection), nil, output, adding: residual)
    }
    let projected = prepare(projection(x), layout, shape)
    return attended(
      projected.roundedToBFloat16(keepingErrors: isExact), projected, output, adding: residual)
  }

  /// What `output` makes of the attention of these queries, keys and values side by side.
  /// - Parameter exact: the same before they were rounded, where there is a bias
  private func attended(
    _ rows: BFloat16Rows, _ exact: Tensor?, _ output: Linear, adding residual: Tensor?
  ) -> Tensor {
    let format = output.weight.format
    guard format == .bfloat16 || format == .bfloat16x2 else {
      return output(attended(rows, exact), adding: residual)
    }
    let packed = PackedRows(rows: targets.rows, columns: shape.width, for: output.weight.packed)
    attend(rows, exact) { setting, sequence, heads, query in
      setting.packed = packed.halves
      setting.packed_format = format.kernel
      setting.packed_columns = shape.width
      setting.packed_row = targets[sequence].lowerBound + query
      setting.packed_column = heads.lowerBound * shape.size
    }
    return Tensor.packedLinear(packed, rows: targets.rows, output, adding: residual)
  }

  /// - Shapes: `[N, A·D + 2·A'·D]` → `[targets.rows, A·D]`
  private func attended(_ rows: BFloat16Rows, _ exact: Tensor?) -> Tensor {
    Tensor([targets.rows, shape.width]) { out in
      guard let start = out.baseAddress else { return }
      if !targets.padding.isEmpty { out.update(repeating: 0) }
      nonisolated(unsafe) let out = start
      attend(rows, exact) { setting, sequence, heads, query in
        setting.out =
          out + (targets[sequence].lowerBound + query) * shape.width
          + heads.lowerBound * shape.size
        setting.out_stride = shape.width
      }
    }
  }

  /// Heads are shared among threads, those that share a head of keys together.
  /// - Parameter target: says where the result of some heads of a sequence goes, from one of the
  ///   queries that are asked for on
  private func attend(
    _ rows: BFloat16Rows, _ exact: Tensor?,
    target:
      @Sendable (inout ck_attention, _ sequence: Int, _ heads: Range<Int>, _ query: Int) -> Void
  ) {
    guard layout.longest > 0 else { return }
    Parallel.split(shape.heads, unit: shape.unit(layout)) { heads in
      let scratch = PackedAttentionScratch(
        shape, longest: layout.longest, bias: bias, hasErrors: rows.errors > 0)
      rows.withPointer { first in
        for sequence in 0..<layout.count where !queries[sequence].isEmpty {
          let (range, positions) = (layout[sequence], queries.positions(sequence, in: layout))
          let start = range.lowerBound * rows.columns
          // A bias is made head by head, for so many queries as there is room for.
          let share =
            bias == nil
            ? positions.count : PackedAttentionScratch.biasedQueries(tokens: range.count)
          let keys = layout.keyCount(sequence)
          for heads in bias == nil ? [heads] : heads.map({ $0..<$0 + 1 }) {
            for query in stride(from: 0, to: positions.count, by: share) {
              let part = positions.dropFirst(query).prefix(share)
              var setting = setting(first + start, heads, part, keys: keys)
              setting.errors = rows.errors
              target(&setting, sequence, heads, query)
              exact.withPart(from: start) {
                scratch.attend(&setting, range, part, heads, exact: $0, stride: rows.columns)
              }
            }
          }
        }
      }
    }
  }

  /// Some heads of one sequence.
  /// - Parameters:
  ///   - first: of the sequence's rows
  ///   - count: how many of these are looked at
  private func setting(
    _ first: UnsafePointer<UInt16>, _ heads: Range<Int>, _ positions: Range<Int>, keys count: Int
  ) -> ck_attention {
    let stride = shape.projectedWidth
    let keyHead = heads.lowerBound / shape.sharing
    let keys = first + shape.width + keyHead * shape.size
    var setting = ck_attention()
    (setting.queries, setting.keys) = (positions.count, count)
    setting.heads = heads.count
    setting.key_heads = max(1, heads.count / shape.sharing)
    (setting.size, setting.scale, setting.cap) = (shape.size, shape.scale, shape.cap ?? 0)
    setting.q = first + positions.lowerBound * stride + heads.lowerBound * shape.size
    (setting.k, setting.v) = (keys, keys + shape.keyValueWidth)
    (setting.q_stride, setting.k_stride, setting.v_stride) = (stride, stride, stride)
    return setting
  }
}

/// The memory of one thread.
private struct PackedAttentionScratch {
  private let shape: AttentionShape
  private let bias: (any ScoreBias)?
  private let scratch: Storage
  /// Scores' biases of one head, `[biasedQueries, T]`, then room for making them.
  private let biases: Storage

  // 16 MB, so that the scores of longer texts are not all in memory.
  private static let mostBiases = 1 << 22
  // The kernels take blocks of so many queries: of whole ones no bit depends on how many there are.
  private static let blockRows = 32

  /// How many queries of a text with T tokens have their biases in memory.
  static func biasedQueries(tokens: Int) -> Int {
    max(1, mostBiases / max(1, tokens) / blockRows) * blockRows
  }

  init(_ shape: AttentionShape, longest: Int, bias: (any ScoreBias)?, hasErrors: Bool) {
    (self.shape, self.bias) = (shape, bias)
    let most = min(longest * longest, max(Self.mostBiases, Self.blockRows * longest))
    scratch = Storage(
      count: ck_attention_scratch(longest, shape.size, hasErrors ? CK_BFLOAT16X2 : CK_BFLOAT16))
    biases = Storage(count: bias.map { most + $0.room(tokens: longest) } ?? 0)
  }

  /// - Parameter exact: the sequence's rows in float32, where there is a bias
  func attend(
    _ setting: inout ck_attention, _ sequence: Range<Int>, _ positions: Range<Int>,
    _ heads: Range<Int>, exact: UnsafePointer<Float>?, stride: Int
  ) {
    if let exact, setting.keys > 0 {
      addBias(
        &setting, sequence, positions, head: heads.lowerBound,
        Operand(pointer: exact, stride: stride))
    }
    attend(&setting, positions, tokens: sequence.count)
    withExtendedLifetime(biases) {}
  }

  private func addBias(
    _ setting: inout ck_attention, _ sequence: Range<Int>, _ positions: Range<Int>, head: Int,
    _ exact: Operand
  ) {
    guard let bias, let added = biases.floats.baseAddress else { return }
    let keyColumn = shape.width + head / shape.sharing * shape.size
    bias.fill(
      ScoreBlock(
        head: head, sequence: sequence, queries: positions, keys: 0..<setting.keys,
        q: exact.row(0, head * shape.size), k: exact.row(0, keyColumn), scores: added,
        room: added + positions.count * setting.keys))
    (setting.bias, setting.bias_stride) = (UnsafePointer(added), setting.keys)
  }

  /// With who looks at whom, where that is not everybody at everybody.
  private func attend(_ setting: inout ck_attention, _ positions: Range<Int>, tokens: Int) {
    let features = ProcessorFeatures.found.bits
    guard !shape.mask.isWhole(tokens: tokens) else {
      return ck_attention_bf16(&setting, scratch.floats.baseAddress, features)
    }
    let seen = positions.map { shape.mask.keys(of: $0, tokens: setting.keys) }
    seen.map { Int32($0.lowerBound) }.withUnsafeBufferPointer { first in
      seen.map { Int32($0.upperBound) }.withUnsafeBufferPointer { last in
        (setting.first, setting.last) = (first.baseAddress, last.baseAddress)
        ck_attention_bf16(&setting, scratch.floats.baseAddress, features)
      }
    }
  }
}

import Tensors

/// What a token is at the start: its word, and perhaps its position and its segment, added and
/// normalised.
struct InputEmbeddings: Sendable {
  let words: WordTable
  var positions: PositionEmbeddings?
  var segments = Segments.none
  /// A row for each task, the first of which is added to all tokens.
  var tasks: Tensor?
  var norm: (any Norm)?

  init(
    words: Tensor, positions: PositionEmbeddings? = nil, segments: Segments = .none,
    norm: (any Norm)? = nil
  ) {
    self.words = .tensor(words)
    (self.positions, self.segments, self.norm) = (positions, segments, norm)
  }

  /// Words alone.
  init(_ words: WordTable) { self.words = words }

  /// What a network makes of segment (token type) ids.
  enum Segments: Sendable {
    /// Nothing: all tokens are of one segment.
    case none
    case table(Tensor)
    /// As XLM's reference does: a segment adds the word whose id is the segment's number, where the
    /// tokenizer gives segments at all.
    case words
    /// Layers compare them (XLNet), so there may be any number.
    case compared
  }

  /// The number of segments that a token may be of.
  var segmentCount: Int {
    switch segments {
    case .none: 1
    case .table(let table): table.rows
    case .words: words.rows
    case .compared: Int(Int32.max)
    }
  }

  /// - Shapes: N tokens → `[N, E]`
  func callAsFunction(_ batch: TokenBatch) -> Tensor {
    guard case .tensor(let words) = words else { return stored(batch.ids) }
    var lookups = [(table: words, rows: batch.ids)]
    switch segments {
    case .table(let table): lookups.append((table, batch.segments))
    case .words where batch.hasSegments: lookups.append((words, batch.segments))
    case .words, .none, .compared: break
    }
    if let positions { lookups.append((positions.table, positions.rows(batch))) }
    if let tasks { lookups.append((tasks, batch.ids.map { _ in 0 })) }
    let sum = Tensor.gather(lookups)
    return norm.map { $0(sum) } ?? sum
  }

  private func stored(_ ids: [Int32]) -> Tensor {
    guard case .stored(let words) = words, positions == nil, tasks == nil, case .none = segments
    else {
      preconditionFailure("only words alone are looked up in a file")
    }
    let rows = words.rows(at: ids)
    return norm.map { $0(rows) } ?? rows
  }
}

/// A learned vector for each position in a text.
struct PositionEmbeddings: Sendable {
  let table: Tensor
  /// The id of padding, where positions are counted from it on and only for other tokens.
  var padding: Int32?

  /// How long a text may be.
  var longestSequence: Int { padding.map { max(0, table.rows - Int($0) - 1) } ?? table.rows }

  /// Each token's row of the table.
  func rows(_ batch: TokenBatch) -> [Int32] {
    guard let padding else { return batch.layout.perRow { _, position in Int32(position) } }
    // fairseq's count: the first token stands at padding + 1, and a padding token written out in a
    // text stays at `padding` and moves no other token.
    var rows = [Int32](repeating: 0, count: batch.layout.rows)
    for sequence in 0..<batch.layout.count {
      var position = padding
      for row in batch.layout[sequence] {
        let isPadding = batch.ids[row] == padding
        if !isPadding { position += 1 }
        rows[row] = isPadding ? padding : position
      }
    }
    return rows
  }
}

extension InputEmbeddings {
  /// Tables by the names that BERT gave them.
  /// - Parameters:
  ///   - width: E, the columns of the tables
  ///   - positions, segments: how many rows those tables have; none with 0
  ///   - padding: the padding id that positions are counted from, where they are
  init(
    _ weights: Weights, vocabulary: Int, width: Int, positions: Int, segments: Int,
    epsilon: Float, padding: Int32? = nil
  ) throws {
    words = .tensor(try weights.table("word_embeddings.weight", vocabulary, width))
    if positions > 0 {
      let table = try weights.table("position_embeddings.weight", positions, width)
      self.positions = PositionEmbeddings(table: table, padding: padding)
    }
    if segments > 0 {
      self.segments = .table(try weights.table("token_type_embeddings.weight", segments, width))
    }
    norm = try LayerNorm(weights["LayerNorm"], width, epsilon: epsilon)
  }
}

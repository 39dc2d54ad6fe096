import ModelFiles

/// Pairs of texts by their anchors, and the texts that negatives are looked for in.
struct AnchorPairs: Sendable {
  /// What the columns of the pairs are called.
  let names: (anchor: String, positive: String)
  /// Each once, in the order in which they first occur.
  private(set) var anchors: [[UInt8]] = []
  /// The positives of each anchor as rows of the corpus, each once, in their order.
  private(set) var positives: [[Int]] = []
  /// Texts of the corpus, and then positives; each once.
  let corpus: [[UInt8]]
  /// The most rows that one anchor has, equal ones counted.
  let mostRows: Int

  private struct Pair: Hashable { let anchor, positive: Int }

  /// - Parameters:
  ///   - table: the pairs, in its first two columns of texts
  ///   - file: of the table, for errors
  ///   - corpus: texts beside the positives
  init(_ table: TrainingTable, file: String, corpus: DistinctTexts = DistinctTexts()) throws {
    guard table.names.count > 1 else {
      throw FileError(
        "\(file): only `\(table.names.joined())` has texts, should be two columns: anchors and "
          + "positives; name them with --columns A,B")
    }
    names = (table.names[0], table.names[1])
    for name in [names.anchor, names.positive] where NegativeRows.isOurs(name) {
      throw FileError(
        "\(file): column `\(name)` is called as what is written beside it; rename it, or name other "
          + "columns with --columns A,B")
    }
    var (anchors, corpus) = (DistinctTexts(), corpus)
    var (seen, counts) = (Set<Pair>(), [Int]())
    for row in 0..<table.rows {
      for (name, texts) in zip(table.names, table.texts.prefix(2))
      where Self.isEmpty(texts[row]) {
        throw FileError(
          "\(table.place(row)): `\(name)` is empty, should be a text; fill it in, or leave the row "
            + "out")
      }
      let anchor = anchors.row(of: table.texts[0][row])
      let positive = corpus.row(of: table.texts[1][row])
      if anchor == positives.count {
        positives.append([])
        counts.append(0)
      }
      counts[anchor] += 1
      if seen.insert(Pair(anchor: anchor, positive: positive)).inserted {
        positives[anchor].append(positive)
      }
    }
    self.anchors = anchors.texts
    self.corpus = corpus.texts
    mostRows = counts.max() ?? 0
  }

  /// Whether a text has nothing but white space.
  static func isEmpty(_ text: [UInt8]) -> Bool { text.allSatisfy { $0 <= 0x20 } }
}

/// Texts, each once, in the order in which they first came.
struct DistinctTexts: Sendable {
  private(set) var texts: [[UInt8]] = []
  private var rows: [[UInt8]: Int] = [:]

  // What a text takes beside its bytes, about; and so many that memory is asked for them together.
  private static let (overhead, window) = (128, 1 << 14)

  init() {}

  /// All texts of a reader.
  /// - Throws: for the first row that cannot be read
  init(reading reader: RowReader, name: String) throws {
    var reader = reader
    while let window = try reader.window(upTo: Self.window) {
      let bytes = window.reduce(0) { $0 + $1.byteCount + Self.overhead }
      try MemoryBound.check(
        bytes, for: "\(name): holding \(texts.count + window.count) texts and more")
      for row in window { _ = self.row(of: try row.requiredText()) }
    }
  }

  /// The row of a text, which is a new one if it is the first of its kind.
  mutating func row(of text: [UInt8]) -> Int {
    if let row = rows[text] { return row }
    rows[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }
}

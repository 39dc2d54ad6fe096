/// What names of columns say, as data sets on the hub and their readers use them.
enum ColumnNaming {
  /// Those of labels; the first that is there counts.
  static let labels = ["label", "labels", "score", "scores", "gold_label", "is_duplicate"]

  /// By whose side a text stands: first what is asked or compared, then what answers it, then wrong
  /// answers.
  private static let roles: [[String]] = [
    [
      "anchor", "query", "question", "sentence", "sentence1", "sentencea", "text1", "premise",
      "question1", "english", "source",
    ],
    [
      "positive", "answer", "passage", "document", "context", "response", "sentence2", "sentenceb",
      "text2", "hypothesis", "question2", "nonenglish", "target",
    ],
    ["negative"],
  ]

  /// Columns that are numbers in words, or where a row is from: no texts to learn, most probably.
  private static let marks: Set = [
    "id", "idx", "index", "uid", "guid", "uuid", "pid", "qid", "docid", "pairid", "promptid",
    "filename", "genre", "year", "split", "url",
  ]

  /// All names by which a row can be told to be a header.
  static let known = labels + ["text", "sentence_1", "sentence_2"] + roles.flatMap { $0 }

  /// Whether a name is that of a score and of no class.
  static func isScore(_ name: String) -> Bool { ["score", "scores"].contains(name.lowercased()) }

  /// Whether a column is probably no text, though it has letters.
  static func isMark(_ name: String) -> Bool { marks.contains(plain(name)) }

  /// Whether a name is one that columns have.
  static func isKnown(_ name: String) -> Bool {
    role(name) != nil || plain(name) == "text" || labels.contains(name.lowercased())
  }

  /// The side that a column is on: 0, 1 or 2.
  static func role(_ name: String) -> Int? {
    let name = plain(name)
    // negative_1, neg_2
    let bare = name.reversed().drop { $0.isNumber }.reversed()
    if ["negative", "negatives", "neg"].contains(String(bare)) { return 2 }
    return roles.firstIndex { $0.contains(name) }
  }

  /// The columns with questions before answers, and those before wrong ones; `nil` where they are
  /// so, or where a name does not say it.
  static func ordered(_ names: [String]) -> [String]? {
    let known = names.compactMap(role)
    guard known.count == names.count, known != known.sorted() else { return nil }
    return zip(names, known).enumerated()
      .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
  }

  /// Names for the columns of texts of a file without a header.
  static func standard(texts: Int, label: Bool) -> [String] {
    switch (texts, label) {
    case (1, _): ["sentence"]
    case (2, true): ["sentence1", "sentence2"]
    default:
      (0..<texts).map { index in
        ["anchor", "positive", "negative"].indices.contains(index)
          ? ["anchor", "positive", "negative"][index] : "negative_\(index - 1)"
      }
    }
  }

  /// Names for the columns of texts beside their translations.
  static func translations(_ count: Int) -> [String] {
    count == 1
      ? ["sentence"]
      : ["source"] + (1..<max(2, count)).map { count == 2 ? "target" : "target_\($0)" }
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }
}

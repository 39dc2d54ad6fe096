import Tokenizers

/// The texts of a batch that go through the network.
struct BatchTexts: Sendable {
  private(set) var encodings: [Encoding] = []
  /// How many tokens of each come from the prompt.
  private(set) var promptTokens: [Int] = []
  /// Which go through the model's copy.
  private(set) var areTwins: [Bool] = []
  /// For each view of a column, and each row, the number of its text.
  let places: [[Int]]

  private struct Key: Hashable {
    let ids: [Int32]
    let segments: [Int32]
    let promptTokens: Int
    let isTwin: Bool
  }

  /// - Parameters:
  ///   - promptTokens: of each column
  ///   - views: how the loss looks at the columns
  ///   - merging: whether equal texts are one
  init(
    _ columns: [[Encoding]], promptTokens columnTokens: [Int], _ views: [ColumnView],
    merging: Bool
  ) {
    var known: [Key: Int] = [:]
    var (encodings, promptTokens, areTwins) = ([Encoding](), [Int](), [Bool]())
    places = views.map { view in
      let tokens = columnTokens[view.column]
      return columns[view.column].map { encoding in
        let key = Key(
          ids: encoding.ids, segments: encoding.segments, promptTokens: tokens,
          isTwin: view.isTwin)
        if merging, let place = known[key] { return place }
        known[key] = encodings.count
        encodings.append(encoding)
        promptTokens.append(tokens)
        areTwins.append(view.isTwin)
        return encodings.count - 1
      }
    }
    (self.encodings, self.promptTokens, self.areTwins) = (encodings, promptTokens, areTwins)
  }

  /// Where each text is used.
  var uses: [[(column: Int, row: Int)]] {
    var uses = [[(column: Int, row: Int)]](repeating: [], count: encodings.count)
    for (column, places) in places.enumerated() {
      for (row, place) in places.enumerated() { uses[place].append((column, row)) }
    }
    return uses
  }
}

import Tokenizers

/// The texts of a batch that go through the network.
struct BatchTexts: Sendable {
  private(set) var encodings: [Encoding] = []
  /// How many tokens of each come from the prompt.
  private(set) var promptTokens: [Int] = []
  /// For each column and row the number of its text.
  let places: [[Int]]

  private struct Key: Hashable {
    let ids: [Int32]
    let segments: [Int32]
    let promptTokens: Int
  }

  /// - Parameters:
  ///   - promptTokens: of each column
  ///   - merging: whether equal texts are one
  init(_ columns: [[Encoding]], promptTokens columnTokens: [Int], merging: Bool) {
    var known: [Key: Int] = [:]
    var (encodings, promptTokens) = ([Encoding](), [Int]())
    places = zip(columns, columnTokens).map { column, tokens in
      column.map { encoding in
        let key = Key(ids: encoding.ids, segments: encoding.segments, promptTokens: tokens)
        if merging, let place = known[key] { return place }
        known[key] = encodings.count
        encodings.append(encoding)
        promptTokens.append(tokens)
        return encodings.count - 1
      }
    }
    (self.encodings, self.promptTokens) = (encodings, promptTokens)
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

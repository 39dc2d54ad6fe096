import Embeddings

/// The sections of a reranker's card that differ from those of other models.
struct RerankerCard {
  let card: CardContents
  /// The start model, as a link or as code.
  let base: String

  private var task: String {
    card.dimension == 1 ? "text reranking and semantic search" : "text pair classification"
  }

  var head: String {
    """
    # \(Markup.plain(card.title))

    A [Cross Encoder](https://www.sbert.net/docs/cross_encoder/usage/usage.html) model for the \
    [sentence-transformers](https://www.SBERT.net) library, trained by embed from \(base). It \
    computes scores for pairs of texts, which can be used for \(task).

    """
  }

  /// - Parameters:
  ///   - limit: in words
  ///   - modules: a line for each
  func details(limit: String, modules: String) -> String {
    let labels = card.dimension
    return """
      ## Model Details

      ### Model Description
      - **Model Type:** Cross Encoder
      - **Base model:** \(base)
      - **Maximum Sequence Length:** \(limit)
      - **Number of Output Labels:** \(labels) label\(labels > 1 ? "s" : "")
      - **Training Dataset\(card.sets.count == 1 ? "" : "s"):** \
      \(card.sets.map { Markup.plain($0.name) }.joined(separator: ", "))

      ### Full Model Architecture

      ```
      CrossEncoder(
      \(modules))
      ```

      """
  }

  /// - Parameter line: makes a line of code of a text
  func usage(line: (String) -> String) -> String {
    let pairs =
      card.examples.compactMap { example in example.others.first.map { (example.source, $0) } }
      .prefix(3)
    let shown = pairs.isEmpty ? Self.standard : Array(pairs)
    let lines = shown.map { "    [\(line($0.0)), \(line($0.1))],\n" }.joined()
    let documents = shown.map { "        \(line($0.1)),\n" }.joined()
    let shape = card.dimension > 1 ? "(\(shown.count), \(card.dimension))" : "(\(shown.count),)"
    let ranking = """

      # Or rank different texts based on similarity to a single text
      ranks = model.rank(
          \(line(shown[0].0)),
          [
      \(documents)    ]
      )
      # [{'corpus_id': ..., 'score': ...}, {'corpus_id': ..., 'score': ...}, ...]

      """
    let command =
      card.dimension > 1
      ? "embed rerank -m path/to/this/model --pairs pairs.csv"
      : "embed rerank -m path/to/this/model \"a question\" < documents.txt"
    return card.usage(
      python: """
        from sentence_transformers import CrossEncoder

        model = CrossEncoder("path/to/this/model")
        # Get scores for pairs of texts
        pairs = [
        \(lines)]
        scores = model.predict(pairs)
        print(scores.shape)
        # \(shape)
        \(card.dimension > 1 ? "" : ranking)
        """, command: command)
  }

  /// Losses of this kind without a paper of their own share names with those that have one.
  func isCited(_ loss: String) -> Bool {
    !["MSELoss", "MultipleNegativesRankingLoss"].contains(loss)
  }

  private static let standard = [
    (
      "How many calories in an egg",
      "There are on average between 55 and 80 calories in an egg depending on its size."
    ),
    (
      "How many calories in an egg",
      "Egg whites are very low in calories, have no fat, no cholesterol, and are loaded with protein."
    ),
  ]
}

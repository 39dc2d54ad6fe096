import Embeddings
import ModelFiles

/// README.md of a trained model, in the sections that sentence-transformers gives it.
package struct ModelCard {
  private let card: CardContents

  package init(_ contents: CardContents) { card = contents }

  package static let fileName = "README.md"

  /// The file.
  package var bytes: [UInt8] {
    let sections = [
      FrontMatter(card: card).text, head, details, usage, evaluation,
      "## Training Details\n", TrainingSection(card: card).text, citations,
    ]
    return Array(sections.filter { !$0.isEmpty }.joined(separator: "\n").utf8)
  }

  private var base: String {
    let name = card.baseModel.name
    return card.baseModel.isOnHub
      ? "[\(Markup.plain(name))](https://huggingface.co/\(Self.path(name)))" : Markup.code(name)
  }

  /// A name on the hub in an address: what it cannot have is left out.
  private static func path(_ name: String) -> String {
    name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
  }

  private var reranker: RerankerCard? {
    card.kind == .rerank ? RerankerCard(card: card, base: base) : nil
  }

  private var head: String {
    if let reranker { return reranker.head }
    return """
      # \(Markup.plain(card.title))

      A [sentence-transformers](https://www.SBERT.net) model, trained by embed from \(base). It gives \
      a text a vector of \(card.dimension) \(card.terms.purpose)

      """
  }

  private var details: String {
    let similarity = [
      "cosine": "Cosine Similarity", "dot": "Dot Product", "euclidean": "Euclidean Distance",
      "manhattan": "Manhattan Distance",
    ]
    let limit = card.maximumLength.map { "\($0) tokens" } ?? "none"
    let modules = card.modules.enumerated().map { "  (\($0)): \(Self.line($1))\n" }.joined()
    if let reranker { return reranker.details(limit: limit, modules: modules) }
    return """
      ## Model Details

      ### Model Description
      - **Model Type:** \(card.terms.type)
      - **Base model:** \(base)
      - **Maximum Sequence Length:** \(limit)
      - **Output Dimensionality:** \(card.dimension) dimensions
      - **Similarity Function:** \(similarity[card.similarity] ?? Markup.plain(card.similarity))
      - **Training Dataset\(card.sets.count == 1 ? "" : "s"):** \
      \(card.sets.map { Markup.plain($0.name) }.joined(separator: ", "))

      ### Full Model Architecture

      ```
      \(card.terms.pythonClass)(
      \(modules))
      ```

      """
  }

  /// A line of a block of code, which nothing in it ends.
  private static func line(_ text: String) -> String {
    text.replacing("\n", with: " ").replacing("\r", with: " ").replacing("```", with: "'''")
  }

  private var usage: String {
    if let reranker { return reranker.usage { Markup.string(Self.line($0)) } }
    let texts =
      card.examples.first.map { [$0.source] + $0.others.prefix(2) } ?? [
        "Where do cats sleep?", "A kitten lies in the sun.", "The train is late again.",
      ]
    let lines = texts.map { "    \(Markup.string(Self.line($0))),\n" }.joined()
    return card.usage(
      python: """
        from sentence_transformers import \(card.terms.pythonClass)

        model = \(card.terms.pythonClass)("path/to/this/model")
        sentences = [
        \(lines)]
        embeddings = model.encode(sentences)
        print(embeddings.shape)
        # [\(texts.count), \(card.dimension)]
        print(model.similarity(embeddings, embeddings))

        """, command: "embed encode -m path/to/this/model < sentences.txt")
  }

  private var evaluation: String {
    guard !card.evaluations.isEmpty else { return "" }
    let place =
      "https://sbert.net/docs/package_reference/\(card.terms.documentation)/evaluation.html#"
      + "sentence_transformers.\(card.terms.documentation).evaluation."
    return "## Evaluation\n\n### Metrics\n\n"
      + card.evaluations.map { evaluation in
        let rows = evaluation.metrics.map { metric in
          let cells = [Markup.plain(metric.name), Markup.rounded(metric.value, 4)]
          return metric.name == evaluation.primary ? cells.map { "**\($0)**" } : cells
        }
        let evaluator = card.terms.evaluatorPrefix + evaluation.kind.evaluator
        return """
          #### \(card.description(of: evaluation))

          * Dataset: \(Markup.code(evaluation.name))
          * As by [<code>\(evaluator)</code>](\(place)\(evaluator))

          \(Markup.table(["Metric", "Value"], rows))
          """
      }.joined(separator: "\n")
  }

  private var citations: String {
    let groups = Citation.of(card.losses.filter { reranker?.isCited($0) ?? true })
    return "## Citation\n\n### BibTeX\n\n"
      + groups.map { names, citation in
        "#### \(names.joined(separator: ", "))\n```bibtex\n\(citation.text)\n```\n"
      }.joined(separator: "\n")
  }
}

extension CardContents {
  /// How the model is used from Python and from the command line.
  /// - Parameter python: whole lines
  func usage(python: String, command: String) -> String {
    """
    ## Usage

    ### Direct Usage (Sentence Transformers)

    ```bash
    pip install -U sentence-transformers
    ```

    ```python
    \(python)```

    ### Direct Usage (embed)

    ```bash
    \(command)
    ```

    """
  }
}

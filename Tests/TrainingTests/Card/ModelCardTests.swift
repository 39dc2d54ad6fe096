import ModelFiles
import Testing

@testable import Training

/// `ModelCard`. That the hub's own parser reads the head was tried once, with huggingface_hub 1.x.
@Suite struct ModelCardTests {
  /// A text that would end whatever it is in.
  private static let hostile =
    "---\nx: 'y\" | `a` </code><script>alert(1)</script> **b** [l](javascript:x) ```\n---\n# head"

  /// The card of a model whose names and texts are all `text`.
  private func card(_ text: String, isOnHub: Bool = false) -> CardContents {
    var card = CardContents(
      baseModel: (text, isOnHub), maximumLength: 256, dimension: 384, similarity: "cosine",
      modules: ["Transformer", text],
      sets: [
        CardSet(
          name: text, rows: 12_345,
          columns: [
            CardColumn(name: text, statistics: .tokens(.init([3, 4, 5.5])), samples: [text, "b"]),
            CardColumn(
              name: "label", statistics: .classes([(text, 0.33), ("b", 0.67)]),
              samples: [text, "b"]),
          ],
          loss: ("MatryoshkaLoss", [("loss", "TripletLoss"), ("dims", [384, 128])]),
          examples: [CardExample(source: text, others: [text, "b"])])
      ])
    card.evaluationSets = [
      CardSet(
        name: text, rows: 400,
        columns: [
          CardColumn(name: text, statistics: .scores(.init([0, 1])), samples: [text, "b"])
        ],
        loss: nil, examples: [])
    ]
    card.evaluations = [
      CardEvaluation(
        .similarity, name: text,
        metrics: [.init("pearson_cosine", 1e-7), .init("spearman_cosine", 0.88451)],
        primary: "spearman_cosine")
    ]
    card.hyperparameters = [
      CardHyperparameter(name: "learning_rate", value: "2e-05", isDefault: false),
      CardHyperparameter(name: "seed", value: "42", isDefault: true),
    ]
    card.log = log
    card.logged = [CardMetric(set: "dev", name: "spearman_cosine")]
    card.savedStep = 2
    card.trainingSeconds = 232
    card.versions = [("embed", "0.1.0")]
    return card
  }

  private var log: TrainingLog {
    var log = TrainingLog()
    for step in 1...4 {
      log.append(
        TrainingLog.Step(
          step: step, epoch: Double(step) / 4, loss: 1 / Double(step), learningRate: 1e-5,
          gradNorm: 1, samples: 8, tokens: 80, seconds: 0.5))
    }
    log.append(
      TrainingLog.Evaluation(
        step: 2, results: [.init(name: "dev", metrics: [.init("spearman_cosine", 0.875)])]))
    return log
  }

  private func text(_ card: CardContents) -> String {
    String(decoding: ModelCard(card).bytes, as: UTF8.self)
  }

  @Test(arguments: [
    "- loss:MatryoshkaLoss\n- loss:TripletLoss\n", "- dataset_size:12345\n",
    "base_model: \"org/model\"\n",
    "- source_sentence: \"org/model\"\n  sentences:\n  - \"org/model\"\n",
    "pipeline_tag: sentence-similarity\nlibrary_name: sentence-transformers\n",
    "metrics:\n- \"pearson_cosine\"\n- \"spearman_cosine\"\nmodel-index:\n",
    "      type: semantic-similarity\n      name: Semantic Similarity\n",
    "    - type: \"pearson_cosine\"\n      value: 1.0e-07\n      name: \"Pearson Cosine\"\n",
    "# SentenceTransformer based on org/model\n",
    "- **Base model:** [org/model](https://huggingface.co/org/model)\n",
    "- **Maximum Sequence Length:** 256 tokens\n- **Output Dimensionality:** 384 dimensions\n",
    "  (0): Transformer\n", "| **spearman_cosine** | **0.8845** |\n",
    "* Size: 12,345 training samples\n",
    "### Evaluation Dataset\n\n#### org/model\n\n* Size: 400 evaluation samples\n",
    "<li>mean: 4.17 tokens</li>", "<li>b: ~67.00%</li>",
    "  {\n      \"loss\": \"TripletLoss\",\n      \"dims\": [384,128]\n  }\n",
    "#### Non-Default Hyperparameters\n\n- `learning_rate`: 2e-05\n\n#### All",
    "| Epoch   | Step  | Training Loss | dev_spearman_cosine |\n",
    "| **0.5** | **2** | **0.5**       | **0.875**           |\n| 0.75    | 3     | 0.3333 ",
    "- **Training**: 3.9 minutes\n", "- embed: 0.1.0\n", "title = {Matryoshka Representation",
  ])
  func itSaysWhatIsKnown(part: String) {
    #expect(text(card("org/model", isOnHub: true)).contains(part))
  }

  @Test func hostileTextsStayWhereTheyAre() {
    let (good, bad) = (text(card("plain")), text(card(Self.hostile)))
    let lines = { (text: String) in text.split(separator: "\n", omittingEmptySubsequences: false) }
    // No text has a line of its own, so none begins a heading, a fence or the end of the head.
    #expect(lines(good).count == lines(bad).count)
    for start in ["---", "#", "  ```", "```", "<", "|"] {
      let count = { (text: String) in lines(text).count { $0.hasPrefix(start) } }
      #expect(count(good) == count(bad), "\(start)")
    }
    // Between fences, and in the head, it is text.
    var (isHead, isCode) = (true, false)
    for line in lines(bad).dropFirst() {
      if line == "---" { isHead = false }
      if line.contains("```") { isCode.toggle() }
      #expect(isHead || isCode || !line.contains("<script>"), "\(line)")
    }
  }

  @Test func aRunWithoutAnythingHasACardToo() {
    let empty = CardContents(
      baseModel: ("x", false), maximumLength: nil, dimension: 1, similarity: "other", modules: [],
      sets: [])
    let text = text(empty)
    #expect(text.contains("- **Maximum Sequence Length:** none\n"))
    #expect(!text.contains("### Training Logs") && !text.contains("model-index"))
  }

  @Test func aLongTableOfStepsIsFoldedUp() {
    var card = card("x")
    for step in 5...200 {
      card.log.append(
        TrainingLog.Evaluation(
          step: step, results: [.init(name: "dev", metrics: [.init("spearman_cosine", .nan)])]))
    }
    #expect(text(card).contains("### Training Logs\n<details>"))
  }

  @Test func rowsHaveTheMeanLossSinceTheLast() {
    let rows = LogRow.rows(of: log, [CardMetric(set: "dev", name: "spearman_cosine")], atLeast: 1)
    #expect(rows.map(\.step) == [2, 4])
    #expect(rows[0].loss == 0.75 && rows[0].values == [0.875] && rows[1].values == [nil])
  }
}

import Embeddings
import ModelFiles

/// The head of a model card, which the hub reads: YAML between two lines of dashes.
struct FrontMatter {
  let card: CardContents

  var text: String { "---\n" + (tags + base + widget + kind + results).joined() + "---\n" }

  private var tags: [String] {
    let standard =
      card.terms.tags + [
        "generated_from_trainer", "dataset_size:\(card.sets.reduce(0) { $0 + $1.rows })",
      ]
    return ["tags:\n"] + (standard + card.losses.map { "loss:\($0)" }).map { "- \($0)\n" }
  }

  // The hub knows its own models only.
  private var base: [String] {
    card.baseModel.isOnHub ? ["base_model: \(Markup.yaml(card.baseModel.name))\n"] : []
  }

  private var widget: [String] {
    // The hub has none for pairs.
    guard !card.examples.isEmpty, card.kind != .rerank else { return [] }
    return ["widget:\n"]
      + card.examples.map { example in
        "- source_sentence: \(Markup.yaml(example.source))\n  sentences:\n"
          + example.others.map { "  - \(Markup.yaml($0))\n" }.joined()
      }
  }

  private var kind: [String] {
    ["pipeline_tag: \(card.pipelineTag)\n", "library_name: sentence-transformers\n"]
  }

  private var results: [String] {
    let evaluations = card.evaluations.filter { $0.metrics.contains { $0.value.isFinite } }
    guard !evaluations.isEmpty else { return [] }
    var seen: Set<String> = []
    let names = evaluations.flatMap(\.metrics).filter(\.value.isFinite).map(\.name)
      .filter { seen.insert($0).inserted }
    return ["metrics:\n"] + names.map { "- \(Markup.yaml($0))\n" }
      + ["model-index:\n- name: \(Markup.yaml(card.title))\n  results:\n"]
      + evaluations.map(result)
  }

  private func result(_ evaluation: CardEvaluation) -> String {
    let (description, name) = (card.description(of: evaluation), evaluation.name)
    let type = description.lowercased().replacing(" ", with: "-")
    let words = name.replacing("_", with: " ").replacing("-", with: " ")
    return "  - task:\n      type: \(type)\n      name: \(description)\n    dataset:\n"
      + "      name: \(Markup.yaml(words))\n      type: \(Markup.yaml(name))\n    metrics:\n"
      + evaluation.metrics.filter(\.value.isFinite).map { metric in
        "    - type: \(Markup.yaml(metric.name))\n      value: \(Self.number(metric.value))\n"
          + "      name: \(Markup.yaml(Self.title(metric.name)))\n"
      }.joined()
  }

  /// A number of YAML: without a point before the exponent it would be a string.
  private static func number(_ value: Double) -> String {
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// `Spearman Cosine`.
  private static func title(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: " ")
  }
}

extension CardContents {
  /// What the card is headed by.
  var title: String {
    terms.title
      ?? terms.pythonClass + (baseModel.isOnHub ? " based on \(baseModel.name)" : "")
  }

  /// What the hub lists such models under: of rerankers, those with several labels classify.
  var pipelineTag: String {
    kind == .rerank && dimension > 1 ? "text-classification" : terms.pipelineTag
  }

  /// What an evaluator measures, as its class says in words; scores of pairs have words of their own.
  func description(of evaluation: CardEvaluation) -> String {
    let own = evaluation.kind.description
    return evaluation.kind == .similarity || terms.evaluatorPrefix.isEmpty
      ? own : "\(terms.evaluatorPrefix) \(own)"
  }

  /// The names of all losses, those inside others too, each once.
  var losses: [String] {
    let losses = sets.compactMap(\.loss)
    var names = losses.map(\.name)
    for parameter in losses.flatMap(\.parameters) where parameter.name == "loss" {
      if case .string(let inner) = parameter.value { names.append(inner) }
      if case .object(let fields) = parameter.value,
        case .string(let inner) = fields.first(where: { $0.0 == "name" })?.1
      {
        names.append(inner)
      }
    }
    // What a SpladeLoss adds is a loss of its own.
    if names.contains(SpladeLoss.name) { names.append(FlopsLoss.name) }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// As many as the hub shows, of all sets in turn.
  var examples: [CardExample] {
    let rounds = (0..<5).flatMap { round in
      sets.compactMap { round < $0.examples.count ? $0.examples[round] : nil }
    }
    return Array(rounds.prefix(5))
  }
}

import Embeddings
import Tokenizers
import Vectors

/// Texts with recorded ids and vectors → how a model's differ.
struct RecordedTexts {
  private let model: VectorModel
  private let prompt: PromptOptions

  init(_ model: VectorModel, _ prompt: PromptOptions) {
    (self.model, self.prompt) = (model, prompt)
  }

  /// How many rows are compared together.
  var mostRows: Int { min(1024, WindowSize(dimension: model.width).mostRows) }

  func callAsFunction(_ rows: [InputRow]) throws -> [Differences.Row] {
    let recorded = try rows.map(RecordedRow.init)
    let sides = try recorded.map { try $0.side() }
    var found: [Differences.Row] = []
    while found.count < recorded.count {
      let start = found.count
      let end = sides[start...].firstIndex { $0 != sides[start] } ?? recorded.count
      let route =
        try sides[start].map(model.model.route(named:)) ?? prompt.route(model.model)
      found += try compared(Array(recorded[start..<end]), route)
    }
    return found
  }

  private func compared(_ recorded: [RecordedRow], _ route: Route) throws -> [Differences.Row] {
    let encodings = try model.model.encodings(of: recorded.map { $0.texts[0] }, by: route) {
      "\(recorded[$0].location)"
    }
    let computed = try model.results(of: encodings, by: route)
    return try recorded.enumerated().map { index, row in
      let numbers = try row.vector().map { vector in
        guard computed.isFinite(at: index) else { throw model.model.notFinite("\(row.location)") }
        return try vector.beside(computed, at: index, row.location)
      }
      return Differences.Row(
        location: row.location, hasSameIDs: row.ids.map { $0 == encodings[index].ids },
        numbers: numbers)
    }
  }
}

/// Pairs of texts with recorded ids and scores → how a reranker's differ.
struct RecordedPairs {
  private let reranker: Reranker
  private let route: PairRoute

  init(_ reranker: Reranker, _ prompt: PromptOptions) throws {
    self.reranker = reranker
    route = try reranker.route(
      promptName: prompt.asked.promptName, prompt: prompt.asked.prompt, isBare: prompt.noPrompt)
  }

  func callAsFunction(_ rows: [InputRow]) throws -> [Differences.Row] {
    let recorded = try rows.map(RecordedRow.init)
    let encodings = try reranker.encodings(
      of: recorded.map { ($0.texts[0], $0.texts[1]) }, by: route
    ) { "\(recorded[$0].location)" }
    let logits = try reranker.logits(of: encodings, by: route) { Interrupt.requested }
    return try recorded.enumerated().map { index, row in
      guard logits.isFinite(row: index) else {
        throw reranker.model.notFinite("\(row.location)")
      }
      let logits = logits[index]
      let known = [("logits", logits), ("score", reranker.activation(logits))]
      let compared = try known.compactMap { name, found in
        try row.numbers(name).map { try beside($0, found, name, row.location) }
      }
      return Differences.Row(
        location: row.location, hasSameIDs: row.ids.map { $0 == encodings[index].encoding.ids },
        numbers: compared.isEmpty ? nil : compared.flatMap { $0 })
    }
  }

  private func beside(
    _ expected: [Double], _ found: [Float], _ name: String, _ location: RowLocation
  ) throws -> [(expected: Double, found: Double)] {
    guard expected.count == found.count else {
      throw RowProblem(
        location, "`\(name)` has \(expected.count) numbers, the model has \(found.count) labels")
    }
    return zip(expected, found).map { ($0, Double($1)) }
  }
}

import Embeddings
import ModelFiles
import Vectors

/// How similar a model of any kind says that texts are.
struct TextComparison {
  /// What the numbers are called.
  let name: String
  private let way: Way

  private enum Way {
    /// Vectors, and the routes of the first and the second text.
    case vectors(VectorModel, Similarity, first: Route, second: Route)
    case scores(PairScorer)
  }

  /// - Parameter metric: what vectors are compared by; `nil` for what the model's authors say
  init(_ model: TextModel, _ prompt: PromptOptions, metric: Similarity?) throws {
    guard model.modelKind != .rerank else {
      if let metric {
        throw FileError(
          "--metric \(metric.rawValue) compares vectors, and a reranker gives scores; leave it out")
      }
      let reranker = try Reranker(model)
      let scorer = PairScorer(
        reranker,
        try reranker.route(
          promptName: prompt.asked.promptName, prompt: prompt.asked.prompt,
          isBare: prompt.noPrompt))
      try scorer.checkRanks()
      (name, way) = ("score", .scores(scorer))
      return
    }
    let vectors = try VectorModel(model)
    let compared = try vectors.metric(asked: metric)
    let route = try prompt.route(model)
    guard case .multi = vectors else {
      (name, way) = (compared.rawValue, .vectors(vectors, compared, first: route, second: route))
      return
    }
    name = vectors.isMean ? "meanmaxsim" : "maxsim"
    // Where nobody says what texts are, the first asks for the second.
    let first = prompt.isGiven ? route : try model.route(named: "query")
    let second = prompt.isGiven ? route : try model.route(named: "document")
    way = .vectors(vectors, compared, first: first, second: second)
  }

  /// How many pairs to read together.
  var window: Int {
    switch way {
    case .vectors(let model, _, let first, _):
      min(1024, max(1, WindowSize(dimension: model.numbers(first)).mostRows / 2))
    case .scores: 256
    }
  }

  /// The number of each pair.
  /// - Parameters:
  ///   - pairs: two texts each
  ///   - location: how an error names a text, by its pair's index and its own
  func pairwise(
    _ pairs: [[[UInt8]]], location: @escaping @Sendable (Int, Int) -> String
  ) throws -> [Float] {
    switch way {
    case .scores(let scorer):
      return try scores(
        scorer, pairs.map { TextPair(query: $0[0], document: $0[1]) }, { location($0, 0) })
    case .vectors(let model, let metric, let first, let second):
      guard case .multi = model else {
        // Both texts of a pair go by one route: together, so that threads share them.
        let all = try model.finiteResults(of: pairs.flatMap { $0 }, by: first) {
          location($0 / 2, $0 % 2)
        }.results
        let (a, b) = (Self.everyOther(all, from: 0), Self.everyOther(all, from: 1))
        switch (a, b) {
        case (.rows(let a), .rows(let b)): return metric.pairwise(a, b)
        case (.sparse(let a), .sparse(let b)): return metric.pairwise(a, b)
        default: preconditionFailure("results of different kinds")
        }
      }
      let a = try model.finiteResults(of: pairs.map { $0[0] }, by: first) { location($0, 0) }
      let b = try model.finiteResults(of: pairs.map { $0[1] }, by: second) { location($0, 1) }
      guard case (.ragged(let a), .ragged(let b)) = (a.results, b.results) else {
        preconditionFailure("results of different kinds")
      }
      return MaxSim.pairwise(a, b, mean: model.isMean)
    }
  }

  private static func everyOther(_ results: Results, from first: Int) -> Results {
    results.picked(Array(stride(from: first, to: results.count, by: 2)))
  }

  /// The number of each text with each.
  /// - Returns: a row for each text
  func matrix(_ texts: [[UInt8]], location: @Sendable (Int) -> String) throws -> [[Float]] {
    switch way {
    case .scores(let scorer):
      return try texts.indices.map { row in
        try scores(
          scorer, texts.map { TextPair(query: texts[row], document: $0) },
          { "\(location(row)) with \(location($0))" })
      }
    case .vectors(let model, let metric, let first, let second):
      let made = try model.finiteResults(of: texts, by: first, location: location)
      let scores =
        switch made.results {
        case .rows(let a): metric(a, a)
        case .sparse(let a): metric(a, a)
        case .ragged(let a):
          MaxSim.scores(
            a, try documents(model, texts, second, location), mean: model.isMean)
        }
      return (0..<scores.rows).map { scores[$0] }
    }
  }

  private func documents(
    _ model: VectorModel, _ texts: [[UInt8]], _ route: Route, _ location: @Sendable (Int) -> String
  ) throws -> RaggedMatrix {
    let made = try model.finiteResults(of: texts, by: route, location: location)
    guard case .ragged(let groups) = made.results else { preconditionFailure("not ragged") }
    return groups
  }

  private func scores(
    _ scorer: PairScorer, _ pairs: [TextPair], _ location: (Int) -> String
  ) throws -> [Float] {
    try scorer(pairs).enumerated().map { index, result in
      switch result {
      case .success(let score): return score.first
      case .failure(let error): throw FileError("\(location(index)): \(error)")
      }
    }
  }
}

extension PromptOptions {
  /// Whether the user said anything of prompts.
  var isGiven: Bool { asked.promptName != nil || asked.prompt != nil || noPrompt }
}

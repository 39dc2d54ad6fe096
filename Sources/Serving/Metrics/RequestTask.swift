/// What text-embeddings-inference would count a request as; its counters know no others.
enum RequestTask: Sendable {
  case embed, predict

  // Of all that is POSTed, these run no model.
  private static let others: Set<String> = [
    "/tokenize", "/detokenize", "/decode", "/api/show", "/api/pull",
  ]

  /// - Parameters:
  ///   - endpoint: the path in the table of endpoints; `nil` where a request has none
  /// - Returns: `nil` for what that server does not count
  init?(method: String, endpoint: String?) {
    guard let endpoint, method == "POST", !Self.others.contains(endpoint) else { return nil }
    self = endpoint.hasSuffix("/predict") || endpoint.contains("rerank") ? .predict : .embed
  }
}

/// Why a request failed, in that server's words.
enum RequestFailure: String, CaseIterable, Sendable {
  case validation
  case batchSize = "batch_size"
  case overloaded, tokenization, inference
  case modelType = "model_type"
  case dropped

  /// - Returns: `nil` where what was asked for never came to it
  init?(_ kind: Problem.Kind?) {
    switch kind {
    case .validation, .empty, .notFound: self = .validation
    case .tooLarge: self = .batchSize
    case .overloaded: self = .overloaded
    case .unavailable: self = .dropped
    case .inference: self = .inference
    case .wrongModel: self = .modelType
    case .unauthorized, .forbidden, .methodNotAllowed, nil: return nil
    }
  }
}

import ModelFiles

/// The server whose clients ask for a path: errors have its form.
enum Dialect: Sendable {
  case openAI, textEmbeddings, cohere, ollama, llamaCpp

  /// The one that clients of a path expect, whether or not there is such a path.
  init(path: String) {
    self =
      switch path {
      case "/v1/embed": .cohere
      case "/embeddings": .openAI
      case let path where path.hasPrefix("/v1/") || path.hasPrefix("/openai/"): .openAI
      case let path where path.hasPrefix("/v2/"): .cohere
      case let path where path.hasPrefix("/api/"): .ollama
      default: .textEmbeddings
      }
  }

  /// The answer that says what is wrong.
  func response(_ problem: Problem) -> Response {
    var response = Response.json(body(problem), status: status(problem))
    response.headers += problem.headers
    response.closes = problem.closes
    response.failure = problem.kind
    return response
  }

  private func status(_ problem: Problem) -> Int {
    switch self {
    // What is wrong with HTTP itself keeps its status.
    case .textEmbeddings
    where problem.kind == .validation && problem.status == 400 && !problem.closes:
      422
    case .textEmbeddings: problem.status
    // 422 and 424 are text-embeddings-inference's alone.
    case .openAI, .cohere, .ollama, .llamaCpp:
      [422, 424].contains(problem.status) ? 400 : problem.status
    }
  }

  private func body(_ problem: Problem) -> JSONValue {
    switch self {
    case .openAI:
      // Jina's clients come by the same paths, and read `detail`.
      .object([
        ("error", .object(openAIError(problem))), ("detail", .string(problem.message)),
      ])
    case .textEmbeddings, .cohere:
      // Cohere's clients read `message`; who tells servers apart by nothing reads the rest.
      .object(
        (self == .cohere ? [("message", .string(problem.message))] : []) + [
          ("error", .string(problem.message)),
          ("error_type", .string(textEmbeddingsType(problem))),
        ])
    case .ollama: .object([("error", .string(problem.message))])
    case .llamaCpp:
      .object([
        (
          "error",
          .object([
            ("code", .int(status(problem))), ("message", .string(problem.message)),
            ("type", .string(openAIType(problem))),
          ])
        )
      ])
    }
  }

  private func openAIError(_ problem: Problem) -> [(String, JSONValue)] {
    [
      ("message", .string(problem.message)), ("type", .string(openAIType(problem))),
      ("param", .optional(problem.parameter) { .string($0) }),
      ("code", .optional(problem.code) { .string($0) }),
    ]
  }

  private func openAIType(_ problem: Problem) -> String {
    switch problem.kind {
    case .unauthorized: "authentication_error"
    case .forbidden: "permission_error"
    case .notFound: "not_found_error"
    case .overloaded: "rate_limit_error"
    case .unavailable: "unavailable_error"
    case .inference: "server_error"
    case .validation, .empty, .tooLarge, .methodNotAllowed, .wrongModel: "invalid_request_error"
    }
  }

  private func textEmbeddingsType(_ problem: Problem) -> String {
    switch problem.kind {
    case .empty: "Empty"
    case .overloaded: "Overloaded"
    case .unavailable: "Unhealthy"
    case .wrongModel, .inference: "Backend"
    case .validation, .tooLarge, .notFound, .methodNotAllowed, .unauthorized, .forbidden:
      "Validation"
    }
  }
}

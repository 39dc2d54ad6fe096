extension Endpoint {
  /// An endpoint that reads a JSON object. text-embeddings-inference's clients are told what it
  /// cost.
  init(
    method: String, path: String, dialect: Dialect, summary: String, body: Schema,
    answers: [Answer],
    respond: @escaping @Sendable (Request, Service, Body) async throws -> Response
  ) {
    self.init(
      method: method, path: path, dialect: dialect, summary: summary, body: body, answers: answers,
      respond: { (request: Request, service: Service, _: String) in
        let body = try await Body(request, within: service.bodies)
        let response = try await respond(request, service, body)
        return dialect == .textEmbeddings ? response.withCosts(request) : response
      })
  }
}

import Embeddings
import ModelFiles
import NIOHTTP1

/// What load balancers, supervisors, monitors and people with a browser ask for.
enum Probes {
  static func all(_ options: ServeOptions) -> [Endpoint] {
    ["/ready", "/health", "/ping"].map { path in
      probe(path, "200 once a text has been encoded, until the server ends") { _, service in
        try checkReady(service)
        return .json(["status": "ok"])
      }
    } + [
      probe("/live", "200 while the process answers") { _, _ in .json(["status": "ok"]) },
      Endpoint(
        method: "GET", path: "/", dialect: .textEmbeddings, isOpen: true, isProbe: true,
        summary: "As /health; with `Accept: text/html` a page to try the server on",
        answers: [
          .init(status: 200, description: "Ready", type: "text/plain", schema: .string),
          .init(status: 200, description: "A page", type: "text/html", schema: .string),
        ]
      ) { request, service, _ in
        if wantsPage(request) { return WelcomePage.response }
        try checkReady(service)
        // What ollama's clients look for is the status alone.
        return .text("embed is running\n")
      },
      Endpoint(
        method: "GET", path: "/metrics", dialect: .textEmbeddings, isOpen: options.hasOpenMetrics,
        summary: "Counters and histograms for Prometheus",
        answers: [.init(status: 200, description: "OK", type: "text/plain", schema: .string)]
      ) { _, service, _ in
        Response(type: MetricsText.contentType, body: service.metricsText)
      },
      Endpoint(
        method: "GET", path: "/openapi.json", dialect: .textEmbeddings, isOpen: true,
        summary: "This description", answers: [.ok(.object([:]))]
      ) { _, service, _ in
        .json(service.openAPIDocument)
      },
    ]
  }

  private static func probe(
    _ path: String, _ summary: String,
    _ answer: @escaping @Sendable (Request, Service) throws -> Response
  ) -> Endpoint {
    Endpoint(
      method: "GET", path: path, dialect: .textEmbeddings, isOpen: true, isProbe: true,
      summary: summary, answers: [.ok(.object(["status": .string]))]
    ) { request, service, _ in try answer(request, service) }
  }

  private static func checkReady(_ service: Service) throws {
    guard service.isReady else {
      throw unhealthy(
        service.isDraining ? "the server is ending" : "the model is not ready yet")
    }
    for model in service.models {
      do {
        try model.model.checkIntact()
      } catch {
        service.log.tell(error)
        throw unhealthy("the files of the model \(model.id) were changed; start the server again")
      }
    }
  }

  private static func unhealthy(_ why: String) -> Problem {
    Problem(.unavailable, status: 503, "unhealthy: \(why)")
  }

  /// Browsers name HTML; other clients take anything.
  private static func wantsPage(_ request: Request) -> Bool {
    request.headers[canonicalForm: "accept"].contains { $0.lowercased().hasPrefix("text/html") }
  }
}

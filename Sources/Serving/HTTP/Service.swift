import Embeddings
import ModelFiles
import NIOCore
import Synchronization

/// All that requests are answered from; a process has one.
final class Service: Sendable {
  let options: ServeOptions
  /// The first is the default, as far as it can do what is asked.
  let models: [ServedModel]
  let engine: Engine
  /// Memory for answers that are made and sent, and for what bodies are read into.
  let answers: Room
  let bodies: Room
  let metrics: Metrics
  let log: RequestLog
  /// Keys that are taken; empty where none is needed.
  let keys: Mutex<APIKeys>
  /// What `--token-ids FILE` reads ids by.
  let tokenTable: TokenTable?
  let routes: Routes
  /// The description of all endpoints, once somebody has asked for it.
  private let description = Mutex<[UInt8]?>(nil)
  private let state = Atomic<Int>(0)

  /// - Throws: where two models have one name, and files of keys and tables that are not as they
  ///   should be
  init(_ options: ServeOptions, _ models: [ServedModel]) throws {
    try Self.check(models)
    (self.options, self.models) = (options, models)
    let endpoints = Endpoints.all(options)
    routes = Routes(endpoints)
    metrics = Metrics(endpoints: endpoints)
    log = RequestLog(options)
    (answers, bodies) = (Room(options.mostAnswers), Room(options.mostBodies))
    engine = Engine(options, threads: models.first?.model.options.threads ?? 1, metrics)
    keys = try Mutex(APIKeys(options))
    tokenTable = if case .table(let path) = options.tokenIDs { try TokenTable(path) } else { nil }
  }

  /// Refuses models that no request could tell apart.
  private static func check(_ models: [ServedModel]) throws {
    let again = models.indices.first { place in
      models[..<place].contains { $0.id == models[place].id }
    }
    guard let again else { return }
    throw FileError(
      "two models are called \(models[again].id), the last part of their names, by which requests "
        + "choose them; copy or link the folder of one under another name")
  }

  /// Whether a text has been encoded and more are taken.
  var isReady: Bool { state.load(ordering: .relaxed) == 1 }
  var isDraining: Bool { state.load(ordering: .relaxed) == 2 }
  func becomeReady() { state.store(1, ordering: .relaxed) }
  /// From here on load balancers are told to ask elsewhere.
  func beginDraining() { state.store(2, ordering: .relaxed) }

  /// What answers to a method and a path.
  /// - Throws: a `Problem` where nothing does
  func endpoint(method: String, path: String) throws -> (endpoint: Endpoint, rest: String) {
    try routes.endpoint(method: method, path: path)
  }

  /// The answer to a request; what is wrong with it is said in the form that its client reads.
  func respond(to request: Request) async -> Response {
    do {
      let (endpoint, rest) = try endpoint(method: request.method, path: request.path)
      return try await endpoint.respond(request, self, rest)
    } catch {
      // What is said of files and memory is for whoever runs the server.
      if !(error is Problem || error is CancellationError) { log.tell(error, of: request.id) }
      let known = routes.known(method: request.method, path: request.path)
      return (known?.dialect ?? routes.dialect(path: request.path)).response(problem(error))
    }
  }

  /// What a client is told of an error.
  func problem(_ error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case is CancellationError:
      Problem(.unavailable, status: 503, "the request was given up")
    default:
      Problem(
        .inference, status: 500,
        "the answer could not be made; the server's log says why, by the request's id")
    }
  }

  /// The model that a request names; where it names none, the first that can do what is asked for, or
  /// else the first, which says so.
  func model(named name: String?, for ability: Ability? = nil) throws -> ServedModel {
    guard let first = models.first else {
      throw Problem(.unavailable, status: 503, "no model is loaded")
    }
    guard let name else {
      return ability.flatMap { ability in models.first { $0.can(ability) } } ?? first
    }
    let named = models.first { $0.answers(to: name) } ?? models.first(where: \.takesAnyName)
    if let named { return named }
    let known = models.map(\.id).joined(separator: ", ")
    throw Problem(
      .notFound, status: 404,
      "there is no model `\(name.prefix(200))`; known here: \(known) (the server's --served-name takes others)",
      parameter: "model", code: "model_not_found")
  }
}

extension Service {
  /// The OpenAPI description, made once: anybody may ask for it, as often as they like.
  var openAPIDocument: [UInt8] {
    description.withLock { description in
      if let description { return description }
      let made = OpenAPIDocument(Endpoints.all(options), options).json.bytes
      description = made
      return made
    }
  }
}

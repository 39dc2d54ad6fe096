import NIOHTTP1
import Synchronization

/// What is looked at before the body of a request is read: who asks, for what, and how much comes.
struct Gate: Sendable {
  /// What becomes of a request.
  enum Passage {
    case endpoint(Endpoint)
    /// It is answered without being read.
    case answer(Response)
  }

  private let service: Service
  /// The only hosts that may be asked for; `nil` where any may.
  private let hosts: Set<String>?
  private let origins: Set<String>

  /// - Parameters:
  ///   - isLoopback: whether only programs on this machine can connect, over TCP. Pages in a
  ///     browser are among them: by a name that leads here (DNS rebinding), or blindly, by a POST.
  ///   - names: what the place that is listened at is called
  init(_ service: Service, isLoopback: Bool, names: [String] = []) {
    self.service = service
    origins = Set(service.options.origins.map { $0.lowercased() })
    hosts =
      isLoopback && service.keys.withLock(\.isEmpty)
      ? Set(
        ["localhost", "127.0.0.1", "[::1]"] + (names + service.options.allowedHosts).map(Self.name))
      : nil
  }

  /// - Throws: a `Problem`
  func pass(_ request: IncomingRequest) throws -> Passage {
    if let problem = request.problem { throw problem }
    try checkHost(request)
    try checkOrigin(request)
    if request.head.method == .OPTIONS { return .answer(try options(request)) }
    let endpoint = try endpoint(request)
    try checkBody(request)
    return .endpoint(endpoint)
  }

  /// What lets a page read the answer, where its origin may.
  func headers(_ request: IncomingRequest) -> [(name: String, value: String)] {
    guard !origins.isEmpty else { return [] }
    guard let origin = request.head.headers.first(name: "origin"), isAllowed(origin) else {
      return [(name: "vary", value: "origin")]
    }
    return [
      (name: "access-control-allow-origin", value: origin), (name: "vary", value: "origin"),
      (
        name: "access-control-expose-headers",
        value: "x-request-id, server-timing, x-embed-truncated, retry-after"
      ),
    ]
  }
}

extension Gate {
  /// A name without its port, in lower case.
  private static func name(_ host: String) -> String {
    let host = host.lowercased()
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
    return host.firstIndex(of: ":").map { String(host[..<$0]) } ?? host
  }

  private func checkHost(_ request: IncomingRequest) throws {
    guard let hosts, let host = request.head.headers.first(name: "host") else { return }
    let name = Self.name(host)
    // No page can have come from a name without a dot, unless it is this network's own.
    guard !hosts.contains(name), name.contains(".") || name.contains(":") || name.isEmpty else {
      return
    }
    throw Problem(
      .forbidden, status: 403,
      "the host \(name.prefix(200)) is not this server's: --allow-host names others")
  }

  private func checkOrigin(_ request: IncomingRequest) throws {
    guard ![.GET, .HEAD, .OPTIONS].contains(request.head.method),
      let origin = request.head.headers.first(name: "origin"), !isAllowed(origin)
    else { return }
    // Our own page asks from where it came.
    let host = request.head.headers.first(name: "host")?.lowercased()
    let schemes = ["http://", "https://"]
    if let host, schemes.contains(where: { $0 + host == origin.lowercased() }) { return }
    throw Problem(
      .forbidden, status: 403,
      "pages of \(origin.prefix(200)) may not ask here: --cors names those that may")
  }

  private func isAllowed(_ origin: String) -> Bool {
    origins.contains("*") || origins.contains(origin.lowercased())
  }

  private func endpoint(_ request: IncomingRequest) throws -> Endpoint {
    let headers = request.head.headers
    let isKnown = service.keys.withLock { $0.isEmpty || $0.admit(headers) }
    do {
      let found = try service.endpoint(method: request.head.method.rawValue, path: request.path)
      if isKnown || found.endpoint.isOpen { return found.endpoint }
    } catch {
      // Whoever has no key is not told what there is.
      if isKnown { throw error }
    }
    throw Problem(
      .unauthorized, status: 401,
      APIKeys.areGiven(in: headers)
        ? "wrong API key" : "an API key is needed, as in the header `Authorization: Bearer KEY`",
      code: "invalid_api_key", headers: [(name: "www-authenticate", value: "Bearer")])
  }

  private func checkBody(_ request: IncomingRequest) throws {
    let most = service.options.mostBody
    if let length = request.length, length > most { throw Problem.tooLarge(length, most: most) }
    // A length that no number holds.
    if request.length == nil, request.head.headers.contains(name: "content-length") {
      throw Problem.tooLarge(nil, most: most)
    }
    let encodings = request.head.headers[canonicalForm: "content-encoding"]
    if let encoding = encodings.first(where: { $0.lowercased() != "identity" }) {
      throw Problem(
        .validation, status: 415,
        "content-encoding \(encoding.prefix(50)) is not known: send the body as it is")
    }
  }

  /// Answers browsers, which ask whether they may ask, and those who want to know what there is.
  private func options(_ request: IncomingRequest) throws -> Response {
    let asked = request.head.headers
    var response = Response(status: 204, type: "text/plain; charset=utf-8", body: [])
    if asked.contains(name: "access-control-request-method"),
      let origin = asked.first(name: "origin"), isAllowed(origin)
    {
      response.headers = [
        (name: "access-control-allow-methods", value: "GET, HEAD, POST, OPTIONS"),
        (
          name: "access-control-allow-headers",
          value: asked.first(name: "access-control-request-headers").map { String($0.prefix(2000)) }
            ?? "authorization, content-type"
        ),
        (name: "access-control-max-age", value: "600"),
      ]
      // A page of the network may ask this machine, as Chrome wants it confirmed.
      if asked.first(name: "access-control-request-private-network") == "true" {
        response.headers.append((name: "access-control-allow-private-network", value: "true"))
      }
      return response
    }
    response.headers = [(name: "allow", value: try methods(request))]
    return response
  }

  private func methods(_ request: IncomingRequest) throws -> String {
    if request.head.uri == "*" { return "GET, HEAD, OPTIONS, POST" }
    do {
      _ = try service.endpoint(method: "OPTIONS", path: request.path)
    } catch let problem as Problem {
      guard let allowed = problem.headers.first(where: { $0.name == "allow" }) else {
        throw problem
      }
      return allowed.value
    }
    return "OPTIONS"
  }
}

extension Problem {
  /// - Parameter count: how many bytes would come, where that is known
  static func tooLarge(_ count: Int?, most: Int) -> Problem {
    let size = count.map { "has \($0) bytes" } ?? "has more bytes"
    return Problem(
      .tooLarge, status: 413,
      "the body \(size), at most \(most) are read (the server's --max-body): send fewer texts in one request"
    )
  }
}

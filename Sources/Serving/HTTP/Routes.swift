/// The table of endpoints by their paths: it is asked twice for each request, so it takes no longer for
/// more endpoints.
struct Routes: Sendable {
  private let exact: [String: [Endpoint]]
  /// Those whose paths end in braces, by what stands before.
  private let open: [(beginning: String, endpoint: Endpoint)]

  init(_ endpoints: [Endpoint]) {
    var (exact, open): ([String: [Endpoint]], [(String, Endpoint)]) = ([:], [])
    for endpoint in endpoints {
      if let brace = endpoint.path.firstIndex(of: "{") {
        open.append((String(endpoint.path[..<brace]), endpoint))
      } else {
        exact[endpoint.path, default: []].append(endpoint)
      }
    }
    (self.exact, self.open) = (exact, open)
  }

  /// What answers to a method and a path, and what the path has in the place of braces.
  /// - Throws: a `Problem` where nothing does
  func endpoint(method: String, path: String) throws -> (endpoint: Endpoint, rest: String) {
    let found = found(path)
    // Whoever may GET may ask for the head alone.
    let wanted = method == "HEAD" ? "GET" : method
    if let one = found.first(where: { $0.endpoint.method == wanted }) { return one }
    guard !found.isEmpty else {
      throw Problem(
        .notFound, status: 404,
        "there is no \(path.prefix(200)); /openapi.json lists what there is")
    }
    let methods = found.map(\.endpoint.method).flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
    let allowed = Set(methods + ["OPTIONS"]).sorted().joined(separator: ", ")
    throw Problem(
      .methodNotAllowed, status: 405,
      "\(path.prefix(200)) takes \(allowed), not \(method.prefix(50))",
      headers: [(name: "allow", value: allowed)])
  }

  private func found(_ path: String) -> [(endpoint: Endpoint, rest: String)] {
    if let exact = exact[path] { return exact.map { (endpoint: $0, rest: "") } }
    return open.filter { path.hasPrefix($0.beginning) && path != $0.beginning }.map {
      (endpoint: $0.endpoint, rest: String(path.dropFirst($0.beginning.count)))
    }
  }
}

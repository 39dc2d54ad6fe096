/// The table of endpoints by their paths: it is asked twice for each request, so it takes no longer for
/// more endpoints.
struct Routes: Sendable {
  private let exact: [String: [Endpoint]]
  /// Those whose paths have braces, by what stands before and behind.
  private let open: [(beginning: String, end: String, endpoint: Endpoint)]

  init(_ endpoints: [Endpoint]) {
    var (exact, open): ([String: [Endpoint]], [(String, String, Endpoint)]) = ([:], [])
    for endpoint in endpoints {
      let parts = endpoint.path.split(
        omittingEmptySubsequences: false, whereSeparator: "{}".contains)
      if parts.count == 3 {
        open.append((String(parts[0]), String(parts[2]), endpoint))
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
    if let one = Self.first(of: found, method) { return one }
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

  /// What answers to a method and a path, if anything does.
  func known(method: String, path: String) -> Endpoint? {
    Self.first(of: found(path), method)?.endpoint
  }

  /// The form of errors for a path, whatever the method.
  func dialect(path: String) -> Dialect {
    found(path).first?.endpoint.dialect ?? Dialect(path: path)
  }

  private static func first(
    of found: [(endpoint: Endpoint, rest: String)], _ method: String
  ) -> (endpoint: Endpoint, rest: String)? {
    // Whoever may GET may ask for the head alone.
    let wanted = method == "HEAD" ? "GET" : method
    return found.first { $0.endpoint.method == wanted }
  }

  private func found(_ path: String) -> [(endpoint: Endpoint, rest: String)] {
    if let exact = exact[path] { return exact.map { (endpoint: $0, rest: "") } }
    return open.compactMap { beginning, end, endpoint in
      guard path.hasPrefix(beginning), path.hasSuffix(end) else { return nil }
      let rest = path.dropFirst(beginning.count).dropLast(end.count)
      return rest.isEmpty ? nil : (endpoint: endpoint, rest: String(rest))
    }
  }
}

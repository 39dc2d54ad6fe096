import NIOCore
import NIOHTTP1

/// One request, read whole.
struct Request: Sendable {
  /// In capitals, as it came: `GET`.
  let method: String
  /// What was asked for, without a query; it begins with a slash, and `%20` stays as it is.
  let path: String
  /// What stands behind the question mark; empty where nothing does.
  let query: String
  let headers: HTTPHeaders
  let body: [UInt8]
  /// What the answer and the log call it: the client's `x-request-id`, or one that was made.
  let id: String
  /// When its head was complete.
  let arrived: NIODeadline

  /// The first header of that name, in any case.
  func header(_ name: String) -> String? { headers.first(name: name) }
}

extension Request {
  /// A request target, as the first line of a request has it, in its parts.
  /// - Returns: `nil` where it is neither a path nor an address
  static func parts(of target: String) -> (path: String, query: String)? {
    var rest = Substring(target)
    // Proxies may be asked with a whole address; RFC 9112 wants servers to take it, too.
    for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    guard rest.hasPrefix("/") else { return nil }
    guard let mark = rest.firstIndex(of: "?") else { return (String(rest), "") }
    return (String(rest[..<mark]), String(rest[rest.index(after: mark)...]))
  }
}

import ModelFiles
import NIOCore
import NIOHTTP1

/// A request whose head is there, and whose body comes.
struct IncomingRequest {
  let head: HTTPRequestHead
  let path: String
  let query: String
  let id: String
  let arrived: NIODeadline
  /// The length of the body, where the head says it.
  let length: Int?
  /// What is wrong with how it is framed, or with its target.
  let problem: Problem?
  /// What answers; `nil` where nothing does, or before it is known.
  var endpoint: Endpoint?
  private(set) var body: [UInt8] = []

  init(_ head: HTTPRequestHead, arrived: NIODeadline) {
    self.head = head
    self.arrived = arrived
    let parts = Request.parts(of: head.uri)
    (path, query) = parts ?? (path: "/", query: "")
    id = Self.id(head.headers)
    length = head.headers.first(name: "content-length").flatMap { Int($0) }
    problem = Self.framing(head) ?? Self.target(head, isKnown: parts != nil)
  }

  /// Whether anything stands behind the head.
  var hasBody: Bool { length.map { $0 > 0 } ?? head.headers.contains(name: "transfer-encoding") }

  /// Whether it is of a version later than HTTP/1.0.
  var isHTTP11: Bool { head.isHTTP11 }

  /// Whether the client waits for a word before it sends the body.
  var expectsContinue: Bool {
    isHTTP11 && hasBody
      && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }

  /// Whether the client would send another request over this connection, and we understand it.
  /// After an `upgrade` the parser takes what follows for another protocol.
  var keepsConnection: Bool {
    head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
  }

  mutating func append(_ bytes: ByteBuffer) {
    if body.isEmpty, let length { body.reserveCapacity(min(length, Self.reserved)) }
    bytes.withUnsafeReadableBytes { body.append(contentsOf: $0) }
  }

  /// What is left is what answers and logs name.
  mutating func forgetBody() { body = [] }

  /// What is taken before it has come: announcing much costs a client nothing.
  private static let reserved = 64 << 10

  /// As those who answer see it.
  var request: Request {
    Request(
      method: head.method.rawValue, path: path, query: query, headers: head.headers, body: body,
      id: id, arrived: arrived)
  }
}

extension IncomingRequest {
  /// The client's name for the request where it is harmless in logs and headers, else one of chance.
  private static func id(_ headers: HTTPHeaders) -> String {
    if let id = headers.first(name: "x-request-id"), 1...128 ~= id.utf8.count,
      id.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    {
      return id
    }
    return randomID()
  }

  /// Sixteen digits.
  static func randomID() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Heads of which two programs could think that they end in different places (RFC 9112, 6.3). The
  /// parser refuses most of them before.
  private static func framing(_ head: HTTPRequestHead) -> Problem? {
    let lengths = head.headers["content-length"]
    let encodings = head.headers["transfer-encoding"]
    if lengths.count > 1 || !lengths.isEmpty && !encodings.isEmpty {
      return .malformed("the length of the body is said twice")
    }
    if let length = lengths.first, length.isEmpty || !length.utf8.allSatisfy({ 48...57 ~= $0 }) {
      return .malformed("content-length should be a number")
    }
    guard encodings.isEmpty || head.isHTTP11 else {
      return .malformed("HTTP/1.0 has no transfer-encoding")
    }
    guard encodings.isEmpty || encodings.count == 1 && encodings[0].lowercased() == "chunked" else {
      return .malformed("transfer-encoding should be chunked, nothing else is known", status: 501)
    }
    return nil
  }

  private static func target(_ head: HTTPRequestHead, isKnown: Bool) -> Problem? {
    if head.isHTTP11, head.headers["host"].count != 1 {
      return .malformed("HTTP/1.1 needs one Host header")
    }
    if isKnown || head.method == .OPTIONS && head.uri == "*" { return nil }
    return .malformed("what is asked for should be a path that begins with /")
  }
}

extension Problem {
  /// What comes is not HTTP as it should be, so that nothing behind it can be understood.
  static func malformed(_ message: String, status: Int = 400) -> Problem {
    Problem(.validation, status: status, message, closes: true)
  }
}

extension HTTPRequestHead {
  fileprivate var isHTTP11: Bool { version.major == 1 && version.minor >= 1 }
}

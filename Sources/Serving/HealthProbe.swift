import Glibc
import ModelFiles
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks a server whether it is ready: `embed health`, for containers, which have no other client.
package enum HealthProbe {
  private static let patience = TimeAmount.seconds(5)

  /// - Parameter url: `http://…`, `https://…`, or `unix:PATH` for a Unix socket
  /// - Throws: a `FileError` that says why it is not, or cannot be asked
  package static func ask(url: String) throws {
    let target = try ProbeTarget(url)
    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    let answer = loop.makePromise(of: HTTPResponseStatus.self)
    let bootstrap = ClientBootstrap(group: loop).connectTimeout(patience)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let handler = try target.tls() { try pipeline.addHandler(handler) }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(ProbeHandler(target, answer))
        }
      }
    loop.scheduleTask(in: patience) { answer.fail(ChannelError.connectTimeout(patience)) }
    let connecting =
      switch target.place {
      case .host(let host, let port): bootstrap.connect(host: host, port: port)
      case .file(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    connecting.whenFailure { answer.fail($0) }
    let status: HTTPResponseStatus
    do {
      status = try answer.futureResult.wait()
    } catch {
      throw FileError("\(url) does not answer: \(reason(error))")
    }
    guard status == .ok else {
      throw FileError("\(url) answers \(status.code), should be 200 once it is ready")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: systemMessage(error.errnoCode)
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { reason($0.error) } ?? "there is no such name or address"
    case ChannelError.connectTimeout: "nothing came within 5 seconds"
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "TLS fails: \(error)"
    default: "the connection ended"
    }
  }
}

/// Where a URL leads.
struct ProbeTarget: Sendable {
  enum Place: Sendable, Equatable {
    case host(String, port: Int)
    case file(String)
  }

  let place: Place
  let isSecure: Bool
  let path: String
  /// What the header `host` says.
  let authority: String

  init(_ url: String) throws {
    if url.hasPrefix("unix:") {
      let file = String(url.dropFirst("unix:".count))
      (place, isSecure, path, authority) = (.file(file), false, "/health", "localhost")
      return
    }
    let parts = url.split(separator: "://", maxSplits: 1).map(String.init)
    guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else {
      throw FileError("\(url) should begin with http://, https:// or unix:")
    }
    isSecure = parts[0].lowercased() == "https"
    let end = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
    authority = String(parts[1][..<end])
    path = parts[1][end...].count > 1 ? String(parts[1][end...]) : "/health"
    guard let (host, port) = Self.host(authority, isSecure ? 443 : 80),
      path.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { throw FileError("\(url) is no address of a server, as http://localhost:8080/health is") }
    place = .host(host, port: port)
  }

  private static func host(_ authority: String, _ standardPort: Int) -> (String, Int)? {
    // The colons of an IPv6 address stand in brackets.
    let bracket = authority.lastIndex(of: "]")
    let colon = authority[(bracket ?? authority.startIndex)...].firstIndex(of: ":")
    let host = colon.map { authority[..<$0] } ?? authority[...]
    let port = colon.map { Int(authority[authority.index(after: $0)...]) } ?? standardPort
    guard let port, 1...65535 ~= port, !host.isEmpty,
      host.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "@") })
    else { return nil }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return (String(isBracketed ? host.dropFirst().dropLast() : host), port)
  }

  /// On this machine a certificate may be for the name that others know it by.
  func tls() throws -> NIOSSLClientHandler? {
    guard isSecure, case .host(let host, _) = place else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    let isOwn = host == "localhost" || host == "::1" || host.hasPrefix("127.")
    if isOwn { configuration.certificateVerification = .none }
    let isName = host.utf8.contains { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
    return try NIOSSLClientHandler(
      context: NIOSSLContext(configuration: configuration),
      serverHostname: isName && !host.contains(":") ? host : nil)
  }
}

private final class ProbeHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let target: ProbeTarget
  private let answer: EventLoopPromise<HTTPResponseStatus>

  init(_ target: ProbeTarget, _ answer: EventLoopPromise<HTTPResponseStatus>) {
    (self.target, self.answer) = (target, answer)
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: target.path,
      headers: ["host": target.authority, "connection": "close"])
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = Self.unwrapInboundIn(data) else { return }
    answer.succeed(head.status)
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
}

import Foundation
import Glibc
import NIOCore
import NIOPosix
import Synchronization

@testable import Serving

/// A server in this process that is asked over sockets byte by byte.
final class TestServer: Sendable {
  let service: Service
  let life: NIOLoopBound<Lifecycle>
  let port: Int
  private let listener: Listener
  private let ended = Flag()
  private let overdue = Flag()

  /// - Parameters:
  ///   - models: directories; what is asked of them waits for `work`
  ///   - change: of the standard options
  static func start(
    models: [String] = [], _ change: (inout ServeOptions) -> Void = { _ in }
  ) async throws -> TestServer {
    var options = ServeOptions()
    options.address = .host("127.0.0.1", port: 0)
    options.log = .off
    options.timeout = TestClient.patience
    change(&options)
    return try await NIOThreadPool.singleton.runIfActive { [options] in
      try TestServer(options, models.map { try ServedModel(folder: $0, options) })
    }
  }

  private init(_ options: ServeOptions, _ models: [ServedModel]) throws {
    let service = try Service(options, models)
    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    let place = try ListeningPlace(options, isWithoutKey: service.keys.withLock(\.isEmpty))
    let gate = Gate(service, isLoopback: place.isLoopback, names: place.names)
    let certificates = try options.certificate.map {
      try Certificates(chain: $0.chain, key: $0.key)
    }
    let life = try loop.submit {
      NIOLoopBound(Lifecycle(service, gate, certificates, on: loop), eventLoop: loop)
    }.wait()
    service.becomeReady()
    listener = try Listener(place, on: loop, isSecure: certificates != nil) { channel in
      loop.makeCompletedFuture { try life.value.prepare(channel) }
    }
    port = listener.channel.localAddress?.port ?? 0
    (self.service, self.life) = (service, life)
    let channel = listener.channel
    let overdue = overdue
    try loop.submit { life.value.begin(channel) { overdue.store(true) } }.wait()
  }

  deinit { service.engine.close() }

  /// Begins to compute what waits, until the server ends.
  func work() {
    Thread.detachNewThread { [weak self, engine = service.engine] in
      try? engine.work()
      self?.ended.store(true)
    }
  }

  /// Whether all work is done, and no more comes.
  var hasWorked: Bool { ended.isSet }

  /// Whether it has taken as long to end as it may.
  var isOverdue: Bool { overdue.isSet }

  /// Waits on the calling thread until something is so, but not for ever.
  /// - Returns: whether it is
  func wait(until isSo: (TestServer) throws -> Bool) rethrows -> Bool {
    let start = NIODeadline.now()
    while try !isSo(self) {
      guard NIODeadline.now() - start < .seconds(Int64(TestClient.patience)) else { return false }
      usleep(5000)
    }
    return true
  }

  /// A number of all connections together.
  func count(_ number: @escaping @Sendable (Connections) -> Int) throws -> Int {
    try life.eventLoop.submit { [life] in number(life.value.connections) }.wait()
  }

  /// Talks over a connection of its own, on a thread of its own.
  func talk<Result: Sendable>(
    _ body: @escaping @Sendable (TestClient) throws -> Result
  ) async throws -> Result {
    let port = port
    return try await NIOThreadPool.singleton.runIfActive {
      let client = try TestClient(port: port)
      // A client that is let go of has left.
      return try withExtendedLifetime(client) { try body(client) }
    }
  }

  /// What comes back for these bytes until the server closes the connection.
  func answer(_ request: String) async throws -> String {
    try await talk { client in
      client.send(request)
      return client.rest()
    }
  }
}

/// Something that has happened or not.
final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func store(_ new: Bool) { value.store(new, ordering: .relaxed) }
}

/// A client that sends whatever it is told.
final class TestClient {
  /// Seconds, only against hanging: answers are made on the threads that all tests share, behind
  /// whichever of them are ready to run.
  static let patience = 600.0

  private let descriptor: CInt

  /// - Parameter unread: how many bytes the system keeps that are not read, about; `nil` for many
  init(port: Int, address: String = "127.0.0.1", unread: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var unread {
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &unread, socklen_t(MemoryLayout<Int32>.size))
    }
    let address = try SocketAddress(ipAddress: address, port: port)
    let outcome = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
    if outcome != 0 { throw IOError(errnoCode: errno, reason: "connect") }
    var patience = timeval(tv_sec: Int(Self.patience), tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// - Returns: whether the system took all of it
  @discardableResult func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// Sends nothing more.
  func end() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What there is now, or comes next; empty at the end.
  func next() -> String {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// What comes until one of these is seen.
  func until(_ end: String) -> String {
    var text = ""
    while !text.contains(end) {
      let part = next()
      if part.isEmpty { return text }
      text += part
    }
    return text
  }

  /// What comes until the server closes.
  func rest() -> String {
    var text = ""
    while true {
      let part = next()
      if part.isEmpty { return text }
      text += part
    }
  }
}

extension String {
  /// The statuses of the answers in what came over a connection.
  var statuses: [Int] { split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) } }
}

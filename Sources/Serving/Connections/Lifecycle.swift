import Glibc
import ModelFiles
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The server from its first connection to its last, on the event loop: what signals ask of it is
/// done here.
final class Lifecycle {
  private let service: Service
  private let gate: Gate
  private let loop: any EventLoop
  let connections: Connections
  private let notify = SystemNotify()
  private var certificates: Certificates?
  private var listening: (any Channel)?
  private var isEnding = false
  private var whenOverdue: () -> Void = {}

  init(
    _ service: Service, _ gate: Gate, _ certificates: Certificates?, on loop: any EventLoop
  ) {
    (self.service, self.gate, self.certificates) = (service, gate, certificates)
    self.loop = loop
    connections = Connections(service, on: loop, most: service.options.mostConnections)
  }

  /// Prepares a connection: TLS, a look at its bytes, the parser, what understands requests.
  func prepare(_ channel: any Channel) throws {
    let connection = Connection(service, gate, connections)
    guard connections.add(connection) else { throw ChannelError.eof }
    do { try prepare(channel, for: connection) } catch {
      connection.close()
      throw error
    }
  }

  private func prepare(_ channel: any Channel, for connection: Connection) throws {
    let pipeline = channel.pipeline.syncOperations
    if let certificates {
      try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
    }
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldCount = Limits.fields
    limits.maxHeaderFieldSize = Limits.field
    limits.maxHeaderListSize = Limits.head
    try pipeline.addHandlers([
      ByteWatch(connection),
      ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
      connection,
    ])
  }

  /// Clients can come.
  /// - Parameter whenOverdue: called where ending has taken as long as it may: a worker in a long
  ///   text goes on until it looks up
  func begin(_ listening: any Channel, whenOverdue: @escaping () -> Void) {
    self.listening = listening
    self.whenOverdue = whenOverdue
    notify?.send("READY=1")
    guard let notify, let interval = notify.watchdog else { return }
    loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      notify.send("WATCHDOG=1")
    }
  }

  func receive(_ signal: CInt) {
    if signal == SIGHUP { readAgain() } else { end() }
  }

  /// Load balancers are told first, then nobody is let in, then what is under way is answered.
  private func end() {
    guard !isEnding else { return }
    isEnding = true
    service.beginDraining()
    notify?.send("STOPPING=1")
    loop.assumeIsolated().scheduleTask(in: .of(service.options.drainDelay)) {
      self.listening?.close(promise: nil)
      self.connections.drain { self.service.engine.close() }
      self.loop.assumeIsolated().scheduleTask(in: .of(self.service.options.drain)) {
        // Said first: once all are closed, the process may end before another line is out.
        let count = self.connections.underWay
        if count > 0 {
          self.service.options.say(
            (count == 1 ? "1 request was" : "\(count) requests were") + " given up (--drain)")
        }
        self.connections.closeAll()
        self.whenOverdue()
      }
    }
  }

  /// Takes keys and certificates as their files are now. What is wrong with them changes nothing.
  private func readAgain() {
    let options = service.options
    notify?.send(SystemNotify.reloading)
    do {
      let keys = try APIKeys(options)
      let new = try options.certificate.map { try Certificates(chain: $0.chain, key: $0.key) }
      service.keys.withLock { $0 = keys }
      certificates = new
      if !options.isQuiet { service.log.say("keys and certificates were read again") }
    } catch {
      service.log.say("keys and certificates stay as they were: \(error)", level: "error")
    }
    notify?.send("READY=1")
  }
}

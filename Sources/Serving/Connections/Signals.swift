import Glibc
import ModelFiles
import NIOCore
import NIOPosix
import Synchronization

/// Signals as bytes in a pipe, which the event loop reads: a handler itself may do next to nothing.
///
/// A handler has no arguments of ours, so this has state for the whole process.
enum Signals {
  private static let writeEnd = Atomic<CInt>(-1)
  private static let stops = Atomic<Int>(0)

  /// From here on SIGTERM, SIGINT and SIGHUP are given to `receive`, on the loop. A second SIGTERM
  /// or SIGINT ends the process at once.
  static func install(on loop: any EventLoop, _ receive: @escaping @Sendable (CInt) -> Void) throws
  {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw FileError("no pipe can be had for signals: \(systemMessage(errno))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    // Reading them also makes them exist before a handler could be the first to touch them.
    guard stops.load(ordering: .relaxed) == 0 else { return }
    writeEnd.store(ends[1], ordering: .relaxed)
    let reader = ends[0]
    _ = try NIOPipeBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(SignalReader(receive))
        }
      }
      .takingOwnershipOfDescriptor(input: reader).wait()
    for signal in [SIGTERM, SIGINT, SIGHUP] where signal == SIGHUP || !isIgnored(signal) {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Signals.handle($0) }
      action.sa_flags = SA_RESTART
      sigaction(signal, &action, nil)
    }
  }

  /// `nohup` and a shell's background jobs ask by an ignored signal that it stay so.
  private static func isIgnored(_ signal: CInt) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return true }
    let current = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    return current == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Runs inside the handler: atomics and system calls only.
  private static func handle(_ signal: CInt) {
    let code = errno
    if signal != SIGHUP, stops.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
      _exit(128 + signal)
    }
    var byte = UInt8(truncatingIfNeeded: signal)
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = code
  }
}

private final class SignalReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let receive: @Sendable (CInt) -> Void

  init(_ receive: @escaping @Sendable (CInt) -> Void) { self.receive = receive }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    for byte in Self.unwrapInboundIn(data).readableBytesView { receive(CInt(byte)) }
  }
}

import Glibc
import ModelFiles
import NIOCore
import NIOPosix

/// A socket that takes connections.
struct Listener {
  let channel: any Channel
  /// Where clients find it: `http://127.0.0.1:8080`.
  let name: String
  /// The Unix socket that was made.
  private let file: SocketFile?

  /// - Parameters:
  ///   - isSecure: whether it speaks TLS
  ///   - initializer: prepares each connection
  init(
    _ place: ListeningPlace, on loop: any EventLoop, isSecure: Bool,
    _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) throws {
    var bootstrap = ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.maxMessagesPerRead, value: 256)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer(initializer)
    if place.isNetwork {
      bootstrap =
        bootstrap
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }
    switch place.kind {
    case .address(let address):
      channel = try Self.asking(address) { try bootstrap.bind(to: address).wait() }
      file = nil
    case .inherited(let descriptor):
      channel = try bootstrap.withBoundSocket(descriptor).wait()
      file = nil
    case .file(let path):
      (channel, file) = try SocketFile.bind(path) {
        try bootstrap.bind(unixDomainSocketPath: path).wait()
      }
    }
    name = Self.name(channel.localAddress, isSecure: isSecure)
  }

  /// Takes the file of a Unix socket away, once nobody listens there.
  func removeFile() { file?.remove() }

  private static func name(_ address: SocketAddress?, isSecure: Bool) -> String {
    let scheme = isSecure ? "https" : "http"
    guard let address else { return scheme }
    if let path = address.pathname { return "unix:\(path)" }
    let host = address.ipAddress ?? "?"
    return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
  }

  private static func asking(_ address: SocketAddress, _ bind: () throws -> any Channel) throws
    -> any Channel
  {
    do {
      return try bind()
    } catch let error as IOError {
      let (host, port) = (address.ipAddress ?? "?", address.port ?? 0)
      throw switch error.errnoCode {
      case EADDRINUSE:
        FileError(
          "port \(port) of \(host) is taken by another program: choose another with --port, or 0 for a free one"
        )
      case EACCES: FileError("port \(port) may not be used: choose one from 1024 on with --port")
      case EADDRNOTAVAIL: FileError("--host \(host) is no address of this machine")
      default: FileError("port \(port) of \(host): \(systemMessage(error.errnoCode))")
      }
    }
  }
}

/// The file of a Unix socket, which is only its owner's.
private struct SocketFile {
  private let path: String
  private let identity: (dev_t, ino_t)?

  static func bind(_ path: String, _ bind: () throws -> any Channel) throws -> (
    any Channel, SocketFile
  ) {
    try removeStale(path)
    // Not by chmod afterwards: in between others could connect.
    let mask = umask(0o177)
    defer { umask(mask) }
    do {
      return (try bind(), SocketFile(path: path, identity: identity(of: path)))
    } catch let error as IOError {
      throw FileError("--socket \(path): \(systemMessage(error.errnoCode))")
    } catch {
      throw FileError("--socket \(path) is too long: at most 107 bytes")
    }
  }

  /// Another server may have put its own in the place, with the number that this one's file had: file
  /// systems give those again at once.
  func remove() {
    guard let identity, let now = Self.identity(of: path), identity == now else { return }
    do {
      if try Self.isAnswered(path) { return }
    } catch {
      // Whoever comes next replaces a file at which nobody answers.
      return
    }
    unlink(path)
  }

  private static func identity(of path: String) -> (dev_t, ino_t)? {
    var status = stat()
    return lstat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
  }

  /// A server that was killed leaves its socket behind.
  private static func removeStale(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw FileError("--socket \(path) is a file that is there: choose another path")
    }
    guard try !isAnswered(path) else {
      throw FileError("--socket \(path): another server answers there")
    }
    unlink(path)
  }

  private static func isAnswered(_ path: String) throws -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw FileError("--socket \(path): \(systemMessage(errno))") }
    defer { close(descriptor) }
    let address = try SocketAddress(unixDomainSocketPath: path)
    let code = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) == 0 ? 0 : errno }
    return code != ECONNREFUSED && code != ENOENT
  }
}

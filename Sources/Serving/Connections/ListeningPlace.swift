import Glibc
import ModelFiles
import NIOCore
import NIOPosix

/// Where the server is to listen, and who can come there.
struct ListeningPlace {
  enum Kind {
    case address(SocketAddress)
    /// A Unix socket.
    case file(String)
    /// A socket that systemd has opened.
    case inherited(CInt)
  }

  let kind: Kind
  /// Whether only this machine's programs can connect, over TCP.
  let isLoopback: Bool
  /// Whether it is TCP at all.
  let isNetwork: Bool
  /// Its address, and how the command line calls it, as a URL has them; none where clients use
  /// neither.
  let names: [String]

  /// - Throws: where there is no such place, or it is open to all and that was not said
  init(_ options: ServeOptions, isWithoutKey: Bool) throws {
    if let descriptor = Self.inherited {
      let address = try Self.address(of: descriptor)
      (kind, names) = (.inherited(descriptor), address?.ipAddress.map { [Self.inURL($0)] } ?? [])
      (isNetwork, isLoopback) = (address != nil, address?.isLoopback ?? false)
    } else {
      switch options.address {
      case .socket(let path):
        (kind, isNetwork, isLoopback, names) = (.file(path), false, false, [])
      case .host(let host, let port):
        let address = try Self.address(host, port)
        (kind, isNetwork) = (.address(address), true)
        isLoopback = address.isLoopback
        names = [host, address.ipAddress ?? host].map(Self.inURL)
      }
    }
    guard !isNetwork || isLoopback || !isWithoutKey || options.needsNoKey else {
      throw FileError(
        "other machines could ask this server: give --api-key-file, or --no-key where all may")
    }
  }

  private static func inURL(_ host: String) -> String {
    host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
  }

  private static func address(_ host: String, _ port: Int) throws -> SocketAddress {
    // Clients that ask for this name try both families, but many write the older address.
    let name = host == "localhost" ? "127.0.0.1" : host
    let bare =
      name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
    do {
      return try SocketAddress.makeAddressResolvingHost(bare, port: port)
    } catch {
      throw FileError("--host \(host): there is no such name or address")
    }
  }

  /// The first socket that systemd passes on, if it means this process (sd_listen_fds(3)).
  private static var inherited: CInt? {
    func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
    guard number("LISTEN_PID") == Int(getpid()), let count = number("LISTEN_FDS"), count > 0 else {
      return nil
    }
    _ = fcntl(3, F_SETFD, FD_CLOEXEC)
    return 3
  }

  /// The address of a socket of TCP; `nil` for another.
  private static func address(of descriptor: CInt) throws -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else {
      throw FileError("LISTEN_FDS: descriptor \(descriptor) is no socket: \(systemMessage(errno))")
    }
    return withUnsafeBytes(of: storage) { bytes in
      switch CInt(storage.ss_family) {
      case AF_INET: SocketAddress(bytes.load(as: sockaddr_in.self))
      case AF_INET6: SocketAddress(bytes.load(as: sockaddr_in6.self))
      default: nil
      }
    }
  }
}

extension SocketAddress {
  fileprivate var isLoopback: Bool {
    switch self {
    case .v4: ipAddress?.hasPrefix("127.") ?? false
    case .v6: ipAddress == "::1"
    case .unixDomainSocket: false
    }
  }
}

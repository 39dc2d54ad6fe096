import ArgumentParser
import Serving

/// Where a server listens.
struct ServePlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Listen on this address (default: 127.0.0.1, this machine alone). Another than a loopback "
        + "address needs a key or --no-key.", valueName: "ADDRESS"))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Listen on this port (default: 8080); 0 takes a free one and says which.", valueName: "N"))
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "Listen on a Unix socket, which only this user may open. Under systemd an inherited socket is "
        + "taken in any case.", valueName: "PATH"), completion: .file())
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Speak HTTPS with this certificate and its chain, in PEM.", valueName: "FILE"),
    completion: .file())
  var tlsCert: String?

  @Option(
    help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "FILE"),
    completion: .file())
  var tlsKey: String?

  func validate() throws {
    if let port, !(0...65535).contains(port) {
      throw ValidationError("--port must be from 0 to 65535")
    }
    if let host, host.isEmpty { throw ValidationError("--host is empty; give an address") }
    if let socket, socket.isEmpty { throw ValidationError("--socket is empty; give a path") }
    if socket != nil, host != nil || port != nil {
      throw ValidationError("--socket excludes --host and --port; give the one or the others")
    }
    if (tlsCert == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-cert and --tls-key belong together; give both")
    }
  }

  /// Whether only this machine can reach it.
  var isLocal: Bool { socket != nil || Self.isLoopback(host ?? "127.0.0.1") }

  /// Whether an address is this machine's own, by how it is written.
  static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased()
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return ["localhost", "::1", "[::1]"].contains(name)
      || numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  func apply(to options: inout ServeOptions) {
    options.address =
      socket.map { .socket($0) } ?? .host(host ?? "127.0.0.1", port: port ?? 8080)
    if let tlsCert, let tlsKey { options.certificate = (chain: tlsCert, key: tlsKey) }
  }
}

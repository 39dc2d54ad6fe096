import Foundation
import Glibc
import TestSupport
import Testing

/// `embed serve` on a free port, until the test ends it.
final class ServerProcess {
  let running: RunningCommand
  /// The address that it listens at.
  let address: String
  let port: Int

  convenience init(
    _ arguments: String..., environment: [String: String] = [:], model: String? = Models.tiny
  ) throws {
    let words = model.map { ["-m", $0] } ?? []
    try self.init(
      embedCommand(["serve", "--port", "0"] + words + arguments, environment: environment))
  }

  private init(_ command: RunCommand, address: String = "127.0.0.1") throws {
    var command = command
    command.seconds = 180
    running = try command.started()
    running.waitForMessage("listening on ")
    let said = String(decoding: running.stderr, as: UTF8.self)
    let found = try #require(
      said.firstMatch(of: #/listening on https?:\/\/([\d.]+):(\d+)/#), "\(said)")
    #expect(found.1 == address)
    self.address = address
    port = try #require(Int(found.2))
  }

  /// One that gets its socket as systemd passes it on.
  static func inheriting(_ address: String) throws -> ServerProcess {
    let opening = """
      import os, socket, sys
      listener = socket.socket()
      listener.bind((sys.argv[1], 0))
      listener.listen()
      os.dup2(listener.fileno(), 3)
      os.set_inheritable(3, True)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
      os.execv(sys.argv[2], sys.argv[2:])
      """
    var command = try embedCommand(["serve", "-m", Models.tiny])
    command.arguments = ["python3", "-c", opening, address, command.executable] + command.arguments
    command.executable = "/usr/bin/env"
    return try ServerProcess(command, address: address)
  }

  /// Asks for its end and waits for that.
  func ended(by signal: Int32 = SIGTERM) -> CommandResult {
    running.signal(signal)
    return running.finished()
  }

  /// What it answers to a POST of this text, or to a GET without one.
  func ask(
    _ path: String, _ body: String? = nil, _ headers: String...
  ) throws -> HTTPAnswer {
    try answer(over: asked(path, body, headers))
  }

  /// A connection over which that was sent.
  /// - Parameter held: how many bytes the system takes for a client that does not read
  func asked(
    _ path: String, _ body: String?, _ headers: [String] = [], host: String = "localhost",
    holding held: Int32? = nil
  ) throws -> Int32 {
    let bytes = Array((body ?? "").utf8)
    let method = body == nil ? "GET" : "POST"
    let lines =
      ["\(method) \(path) HTTP/1.1", "host: \(host)", "connection: close"] + headers
      + (body == nil ? [] : ["content-length: \(bytes.count)"]) + ["", ""]
    let connection = try connected(holding: held)
    send(lines.joined(separator: "\r\n").utf8 + bytes, to: connection)
    return connection
  }

  /// What comes back over a connection, which is closed then.
  func answer(over connection: Int32) throws -> HTTPAnswer {
    defer { close(connection) }
    return try HTTPAnswer(received(from: connection))
  }

  private func connected(holding held: Int32? = nil) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var held {
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &held, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr(self.address)
    // A server that hangs fails its test instead of holding up all; one that shares two cores with
    // many other tests may take its time.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let code = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
    try #require(code == 0, "no connection to port \(port)")
    return descriptor
  }
}

/// An answer over a connection that ends with it.
struct HTTPAnswer {
  let status: Int
  /// By their names in small letters.
  let headers: [String: String]
  let text: String

  init(_ bytes: [UInt8]) throws {
    let all = String(decoding: bytes, as: UTF8.self)
    let gap = try #require(all.range(of: "\r\n\r\n"), "no whole answer: \(all.prefix(200))")
    let lines = all[..<gap.lowerBound].split(separator: "\r\n").map(String.init)
    let words = try #require(lines.first).split(separator: " ")
    try #require(words.count > 1)
    status = try #require(Int(words[1]))
    headers = Dictionary(
      lines.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
          (
            line[..<$0].lowercased(),
            line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces)
          )
        }
      }, uniquingKeysWith: { one, _ in one })
    text = String(all[gap.upperBound...])
  }

  /// The body as a JSON object.
  var json: [String: Any] { get throws { try object(text) } }

  /// The vectors of an answer in OpenAI's form.
  var vectors: [[Float]] {
    get throws {
      let data = try #require(json["data"] as? [[String: Any]], "\(text.prefix(200))")
      return try data.map { try #require($0["embedding"] as? [NSNumber]).map(\.floatValue) }
    }
  }

  /// What an error says.
  var message: String {
    get throws {
      let error = try #require(json["error"], "\(text.prefix(200))")
      return (error as? [String: Any])?["message"] as? String ?? error as? String ?? ""
    }
  }
}

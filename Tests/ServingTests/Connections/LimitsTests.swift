import Glibc
import NIOCore
import Testing

@testable import Serving

@Suite struct LimitsTests {
  static let post = "POST /embed HTTP/1.1\r\nHost: localhost\r\n"

  @Test func aLargeBodyIsRefusedBeforeItComes() async throws {
    let server = try await TestServer.start { $0.mostBody = 1000 }
    for length in ["1001", "99999999999", "99999999999999999999999"] {
      let text = try await server.talk { client in
        client.send(Self.post + "Content-Length: \(length)\r\n\r\n{")
        return client.until("}")
      }
      #expect(text.statuses.first.map { [400, 413].contains($0) } == true, "\(text)")
      if length.utf8.count < 19 { #expect(text.contains("1000")) }
    }
  }

  @Test func anEndlessBodyIsNotReadOn() async throws {
    let server = try await TestServer.start { $0.mostBody = 100_000 }
    let (text, sent) = try await server.talk { client in
      client.send(Self.post + "Transfer-Encoding: chunked\r\n\r\n")
      let chunk = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
      var sent = 0
      while sent < 40_000_000, client.send(chunk) { sent += chunk.utf8.count }
      return (client.rest(), sent)
    }
    #expect(sent < 40_000_000 && (text.isEmpty || text.statuses == [413]))
  }

  @Test func aSmallBodyThatIsRefusedKeepsTheConnection() async throws {
    let server = try await TestServer.start { $0.mostBody = 10 }
    let body = String(repeating: "x", count: 5000)
    let text = try await server.answer(
      Self.post + "Content-Length: 5000\r\n\r\n" + body + HTTPMannersTests.last)
    #expect(text.statuses == [413, 200])
  }

  @Test func whoIsSlowIsLeft() async throws {
    let server = try await TestServer.start { options in
      options.headerTimeout = 0.3
      options.bodyTimeout = 0.3
      options.idleTimeout = 0.5
    }
    func last(_ beginning: String, _ drip: String) async throws -> (text: String, time: TimeAmount)
    {
      try await server.talk { client in
        let start = NIODeadline.now()
        client.send(beginning)
        for _ in 0..<20 where client.send(drip) { usleep(20_000) }
        return (client.rest(), .now() - start)
      }
    }
    for (beginning, drip, expected) in [
      ("", "", []), ("GET /live HTTP/1.1\r\n", "X: y\r\n", [408]),
      (Self.post + "Content-Length: 1000\r\n\r\n", "x", [408]),
      ("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n", "", [200]),
    ] {
      let (text, time) = try await last(beginning, drip)
      #expect(text.statuses == expected && time < .seconds(9), "\(beginning) \(text) \(time)")
    }
  }

  @Test func theLongestIdleConnectionMakesRoom() async throws {
    let server = try await TestServer.start { $0.mostConnections = 2 }
    let live = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    let (first, statuses) = try await server.talk { one in
      one.send(live)
      _ = one.until("ok")
      let others = try (0..<2).map { _ in try TestClient(port: server.port) }
      var texts: [String] = []
      for other in others {
        other.send(live)
        texts.append(other.until("ok"))
      }
      return (one.rest(), texts.flatMap(\.statuses))
    }
    #expect(first.isEmpty && statuses == [200, 200])
  }

  @Test func whereNoneIsIdleTheNewOneIsToldSo() async throws {
    let server = try await TestServer.start { $0.mostConnections = 1 }
    let text = try await server.talk { busy in
      busy.send(Self.post + "Content-Length: 100\r\n\r\n{")
      usleep(100_000)
      return try TestClient(port: server.port).rest()
    }
    #expect(text.statuses == [503] && text.contains("retry-after: 1"))
  }

  @Test func atItsEndNobodyIsWaitedForWhoHasNotAsked() async throws {
    let server = try await TestServer.start()
    let live = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    let (life, port) = (server.life, server.port)
    let texts = try await server.talk { idle in
      let half = try TestClient(port: port)
      idle.send(live)
      half.send(Self.post + "Content-Length: 2\r\n\r\n{")
      _ = idle.until("ok")
      life.eventLoop.execute { life.value.receive(SIGTERM) }
      return [idle.rest(), half.rest()]
    }
    #expect(texts == ["", ""] && server.service.isDraining)
    await #expect(throws: (any Error).self) { try await server.answer(live) }
  }
}

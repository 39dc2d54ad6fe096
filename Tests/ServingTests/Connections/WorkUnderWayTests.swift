import Glibc
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Serving

/// What may happen between a request and its answer, which nobody makes here before `work`.
@Suite struct WorkUnderWayTests {
  private static let body = #"{"inputs":["a cat","dogs"]}"#
  private static let request =
    "POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"

  /// Sends a request, and waits until its texts do.
  private static func ask(_ client: TestClient, _ server: TestServer) -> Bool {
    client.send(request)
    return server.wait { $0.service.engine.waitingTexts == 2 }
  }

  @Test func aClientThatHasEndedItsSideHearsThatWeAreAtIt() async throws {
    let server = try await TestServer.start(models: [Fixture.tinyBERT])
    let (first, rest) = try await server.talk { client in
      _ = Self.ask(client, server)
      client.end()
      let first = client.until("\r\n\r\n")
      server.work()
      return (first, client.rest())
    }
    #expect(first.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
    #expect(rest.statuses.last == 200 && rest.hasSuffix("]]"))
  }

  @Test func olderClientsHearNothingBefore() async throws {
    let server = try await TestServer.start(models: [Fixture.tinyBERT])
    let text = try await server.talk { client in
      client.send(Self.request.replacing("HTTP/1.1", with: "HTTP/1.0"))
      client.end()
      // Longer than it takes until others are asked.
      usleep(400_000)
      server.work()
      return client.rest()
    }
    #expect(text.statuses == [200])
  }

  @Test func nothingIsComputedForAClientThatHasLeft() async throws {
    let server = try await TestServer.start(models: [Fixture.tinyBERT])
    let asked = try await server.talk { client in Self.ask(client, server) }
    let isIdle = try await NIOThreadPool.singleton.runIfActive {
      server.wait { $0.service.engine.isIdle }
    }
    #expect(asked && isIdle)
  }

  @Test func theEndTakesNoLongerThanItMay() async throws {
    let server = try await TestServer.start(models: [Fixture.tinyBERT]) { $0.drain = 0.3 }
    let (rest, isOverdue) = try await server.talk { client in
      _ = Self.ask(client, server)
      server.life.eventLoop.execute { [life = server.life] in life.value.receive(SIGTERM) }
      return (client.rest(), server.wait { $0.isOverdue })
    }
    #expect(rest.isEmpty && isOverdue && server.service.engine.isIdle)
  }

  @Test func whatWasAskedBeforeTheEndIsAnswered() async throws {
    let server = try await TestServer.start(models: [Fixture.tinyBERT])
    let (text, isOver) = try await server.talk { client in
      _ = Self.ask(client, server)
      server.life.eventLoop.execute { [life = server.life] in life.value.receive(SIGTERM) }
      // By now the server waits for nothing else.
      let isDraining = try server.wait { try $0.count { $0.isDraining ? 1 : 0 } == 1 }
      server.work()
      let text = client.rest()
      client.end()
      return (text, isDraining && server.wait { $0.hasWorked })
    }
    #expect(text.statuses == [200] && text.contains("\r\nconnection: close\r\n"))
    #expect(text.hasSuffix("]]") && isOver)
  }
}

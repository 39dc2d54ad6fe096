import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Serving

/// What all connections hold together.
@Suite struct ConnectionsTests {
  private static func head(_ length: Int) -> String {
    "POST /embed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: \(length)\r\n\r\n"
  }

  private static func bytes(_ count: Int) -> String { String(repeating: "x", count: count) }

  @Test func aBodyWithoutRoomWaitsForAnother() async throws {
    let server = try await TestServer.start { $0.mostBodies = 100_000 }
    let (statuses, before, later) = try await server.talk { one in
      one.send(Self.head(200_000) + Self.bytes(150_000))
      _ = try server.wait { try $0.count(\.bodies) >= 150_000 }
      let two = try TestClient(port: server.port)
      two.send(Self.head(300_000) + Self.bytes(100_000))
      _ = try server.wait { try $0.count(\.paused.count) == 1 }
      let before = try server.count(\.bodies)
      two.send(Self.bytes(100_000))
      usleep(200_000)
      let later = try server.count(\.bodies)
      // The first one has room whatever is held, so that there is an end to it.
      one.send(Self.bytes(50_000))
      let first = one.rest()
      two.send(Self.bytes(100_000))
      return ([first, two.rest()].map(\.statuses), before, later)
    }
    #expect(statuses == [[422], [422]])
    #expect(before == later)
    #expect(try await server.talk { _ in try server.count { $0.bodies + $0.paused.count } } == 0)
  }

  private static let ask = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n"

  /// What is answered to one more client, which reads all of it and goes.
  private static func statuses(from port: Int) throws -> [Int] {
    let client = try TestClient(port: port)
    client.send(ask + "Connection: close\r\n\r\n")
    return client.rest().statuses
  }

  @Test func answersThatAllMoveAreBoundedToo() async throws {
    let server = try await TestServer.start { $0.mostAnswers = 1000 }
    // One alone may have as much as it needs.
    let most = server.service.openAPIDocument.count + 4096
    let largest = try await NIOThreadPool.singleton.runIfActive {
      let slow = try (0..<8).map { _ in try TestClient(port: server.port, unread: 4096) }
      for client in slow { client.send(String(repeating: Self.ask + "\r\n", count: 200)) }
      // Answers are made on the threads that all tests share.
      var largest = 0
      return try withExtendedLifetime(slow) {
        _ = try server.wait { server in
          largest = max(largest, try server.count(\.answers))
          return largest > 1000
        }
        for _ in 0..<40 {
          largest = max(largest, try server.count(\.answers))
          usleep(10_000)
        }
        return largest
      }
    }
    #expect(largest > 1000 && largest <= most)
  }

  @Test func whoHasReadNothingForLongMakesRoomForAnswers() async throws {
    let server = try await TestServer.start { $0.mostAnswers = 1000 }
    // More than the systems on both sides keep.
    let count = 500
    let (text, others, isGone) = try await NIOThreadPool.singleton.runIfActive {
      let slow = try TestClient(port: server.port, unread: 4096)
      slow.send(String(repeating: Self.ask + "\r\n", count: count))
      var others: [Int] = []
      // Nothing has to have left for a second; then another answer needs the room.
      let isGone = try server.wait { server in
        others += try Self.statuses(from: server.port)
        usleep(20_000)
        return server.service.metrics.connections.load(ordering: .relaxed) == 0
      }
      return (slow.rest(), others, isGone)
    }
    #expect(isGone && text.statuses.count < count)
    #expect(others.allSatisfy { $0 == 200 })
  }
}

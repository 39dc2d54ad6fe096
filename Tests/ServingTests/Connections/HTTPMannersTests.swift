import NIOCore
import Testing

@testable import Serving

@Suite struct HTTPMannersTests {
  static let last = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

  private static let post = "POST /embed HTTP/1.1\r\nHost: a\r\n"
  private static let chunked = "Transfer-Encoding: chunked\r\n"

  /// What comes, and the status that may answer it.
  private static let malformed: [(String, [Int])] = [
    ("GET\r\n\r\n", [400]),
    ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", [400, 505]),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", [505]),
    ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0", [400]),
    (post + "Content-Length: -5\r\n\r\n", [400]),
    (post + "Content-Length: +5\r\n\r\nabcde", [400]),
    (post + "Content-Length: 5, 5\r\n\r\nabcde", [400]),
    (post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", [400]),
    (post + "Content-Length: 5\r\n\(chunked)\r\n0\r\n\r\n", [400]),
    (post + "\(chunked)Content-Length: 5\r\n\r\n0\r\n\r\n", [400]),
    (post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501]),
    (post + "Transfer-Encoding: gzip\r\n\r\n", [400, 501]),
    (post + "\(chunked)\r\nzz\r\n", [400]),
    ("POST /embed HTTP/1.0\r\nHost: a\r\n\(chunked)\r\n0\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
    ("GET live HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n", [400]),
    ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
    ("GET /live HTTP/1.1\r\nHost: a\r\nX: " + many("a", 9000) + "\r\n\r\n", [431]),
    ("GET /" + many("a", 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n", [431]),
    ("GET /live HTTP/1.1\r\nHost: a\r\n" + many("X: y\r\n", 100) + "\r\n", [431]),
  ]

  private static func many(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test(arguments: malformed)
  func whatIsNotHTTPIsRefusedAndEndsTheConnection(request: String, allowed: [Int]) async throws {
    let server = try await TestServer.start()
    let text = try await server.answer(request + Self.last)
    let statuses = text.statuses
    #expect(statuses.count == 1 && allowed.contains(statuses.first ?? 0), "\(text)")
    #expect(text.contains("\r\nconnection: close\r\n") && text.contains("\"error_type\""))
  }

  @Test func answersComeInTheOrderOfTheirRequests() async throws {
    let server = try await TestServer.start()
    let requests = (0..<300).map {
      $0 % 3 == 0
        ? "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
        : $0 % 3 == 1
          ? "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"
          : "POST /live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nabcd"
    }
    let text = try await server.answer(requests.joined() + Self.last)
    #expect(text.statuses == (0..<300).map { [404, 200, 405][$0 % 3] } + [200])
  }

  @Test func aClientThatHasEndedItsSideIsAnswered() async throws {
    let server = try await TestServer.start()
    let text = try await server.talk { client in
      client.send(String(repeating: "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 3))
      client.end()
      return client.rest()
    }
    #expect(text.statuses == [200, 200, 200])
  }

  @Test func olderClientsAreAnsweredOnce() async throws {
    let server = try await TestServer.start()
    #expect(try await server.answer("GET /live HTTP/1.0\r\n\r\n").statuses == [200])
    let kept = "GET /live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    let text = try await server.answer(kept + "GET /live HTTP/1.0\r\n\r\n")
    #expect(text.statuses == [200, 200] && text.contains("connection: keep-alive"))
  }

  @Test func aHeadHasNoBodyButItsLength() async throws {
    let server = try await TestServer.start()
    let text = try await server.answer(
      "HEAD /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    #expect(text.hasSuffix("\r\n\r\n") && text.contains("content-length: 15\r\n"))
  }

  @Test func whoOffersAnotherProtocolGetsThisOne() async throws {
    let server = try await TestServer.start()
    // As Java's client asks over its first connection.
    let text = try await server.answer(
      "POST /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        + "Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\nContent-Length: 4\r\n\r\nabcd")
    #expect(text.statuses == [405] && text.contains("connection: close"))
  }

  @Test func aBodyIsAskedForBeforeItComes() async throws {
    let server = try await TestServer.start()
    let head = "POST /embed HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
    let texts = try await server.talk { client in
      client.send(head + "Connection: close\r\nContent-Length: 2\r\n\r\n")
      let first = client.until("\r\n\r\n")
      client.send("{}")
      return [first, client.rest()]
    }
    #expect(texts[0] == "HTTP/1.1 100 Continue\r\n\r\n" && texts[1].statuses.count == 1)
    let refused = try await server.answer(head + "Content-Length: 99999999\r\n\r\n")
    #expect(refused.statuses == [413])
  }

  @Test func everyAnswerHasAnIdTimesAndADate() async throws {
    let server = try await TestServer.start()
    let request = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    let text = try await server.answer(request + "X-Request-Id: abc-123\r\n\r\n")
    #expect(text.contains("\r\nx-request-id: abc-123\r\n") && text.contains("\r\ndate: "))
    #expect(text.contains("\r\nserver-timing: tokenize;dur=0.00, queue;dur=0.00, compute;dur=0.00"))
    let other = try await server.answer(request + "X-Request-Id: a b\r\n\r\n")
    #expect(!other.contains("a b") && other.contains("\r\nx-request-id: "))
  }
}

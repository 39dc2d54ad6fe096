import NIOCore
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct AnswerTests {
  private func text(_ response: Response, _ method: HTTPMethod = .GET) -> (text: String, parts: Int)
  {
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/live")
    var answer = Answer(
      response, to: IncomingRequest(head, arrived: .now()), id: "id", closes: false, date: "today",
      extra: [])
    var (text, parts) = ("", 0)
    while answer.unsent > 0 {
      text += String(buffer: answer.next(ByteBufferAllocator()))
      parts += 1
    }
    return (text, parts)
  }

  @Test func aLongAnswerGoesInParts() {
    let body = (0..<600_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
    let (text, parts) = text(Response(type: "text/plain", body: body))
    #expect(parts == 3)
    #expect(text.hasSuffix("\r\n\r\n" + String(decoding: body, as: UTF8.self)))
    #expect(text.contains("\r\ncontent-length: 600000\r\n"))
  }

  @Test func noValueEndsItsLine() {
    let response = Response(
      type: "text/plain", body: [], headers: [(name: "x-name", value: "a\r\nset-cookie: b\u{7F}")])
    #expect(text(response).text.contains("\r\nx-name: a  set-cookie: b \r\n"))
  }

  @Test func textsThatWereCutAreNamed() {
    var response = Response.text("")
    response.work.cut = [3, 17]
    #expect(text(response).text.contains("\r\nx-embed-truncated: 3,17\r\n"))
    response.work.cut = Array(0..<2000)
    #expect(text(response).text.contains(",998,999,...\r\n"))
  }

  @Test func timesAreInMilliseconds() {
    var response = Response.text("")
    response.work.tokenize = .microseconds(1239)
    response.work.compute = .seconds(70)
    #expect(
      text(response).text.contains(
        "\r\nserver-timing: tokenize;dur=1.23, queue;dur=0.00, compute;dur=70000.00\r\n"))
  }

  @Test func someAnswersHaveNoBody() {
    #expect(text(.text("abc"), .HEAD).text.hasSuffix("\r\n\r\n"))
    let nothing = text(Response(status: 204, type: "text/plain", body: [])).text
    #expect(nothing.hasPrefix("HTTP/1.1 204 No Content\r\n") && !nothing.contains("content-length"))
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
  ])
  func datesAreAsHTTPHasThem(time: Int, text: String) { #expect(HTTPDate.text(time) == text) }
}

import ModelFiles
import NIOCore
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct LogEntryTests {
  private func request(
    _ method: String = "POST", id: String = "abc-1", headers: HTTPHeaders = [:]
  ) -> Request {
    Request(
      method: method, path: "/v1/embeddings", query: "key=secret", headers: headers,
      body: Array("a private text".utf8), id: id, arrived: .now())
  }

  private func entry(
    _ request: Request?, endpoint: String? = "/v1/embeddings", status: Int = 200,
    peer: String = "127.0.0.1"
  ) -> LogEntry {
    var response = Response.json([UInt8](repeating: 0x20, count: 66123), status: status)
    (response.work.texts, response.work.tokens, response.work.cut) = (32, 410, [3])
    response.work.model = "tiny"
    return LogEntry(
      request, endpoint: endpoint, response, duration: .microseconds(12345), peer: peer,
      time: LogTime(seconds: 1_796_000_523, milliseconds: 7))
  }

  private func text(_ entry: LogEntry) -> String { String(decoding: entry.text, as: UTF8.self) }

  @Test func aLineIsForPeople() {
    #expect(
      text(entry(request()))
        == "2026-11-30T01:02:03Z POST /v1/embeddings 200 12.3 ms 32 texts 410 tokens 1 cut "
        + "66123 bytes id=abc-1 peer=127.0.0.1")
  }

  @Test func theSameIsJSON() throws {
    let headers: HTTPHeaders = [
      "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    ]
    let json = try JSON(entry(request(headers: headers)).json, name: "the line")
    #expect(try json.string("@timestamp") == "2026-11-30T01:02:03.007Z")
    #expect(try json.string("http.route") == "/v1/embeddings")
    #expect(try json.int("http.response.status_code") == 200)
    #expect(try json.int("event.duration") == 12_345_000)
    #expect(try json.int("gen_ai.usage.input_tokens") == 410)
    #expect(try json.string("gen_ai.request.model") == "tiny")
    #expect(try json.string("trace_id") == "0af7651916cd43dd8448eb211c80319c")
    #expect(try json.string("log.level") == "info")
  }

  @Test func nothingThatARequestIsAboutIsInIt() {
    let headers: HTTPHeaders = ["authorization": "Bearer secret", "traceparent": "secret"]
    let entry = entry(request(headers: headers), endpoint: nil, status: 404)
    for line in [entry.text, entry.json].map({ String(decoding: $0, as: UTF8.self) }) {
      #expect(!line.contains("secret") && !line.contains("private") && !line.contains("/v1"))
    }
    #expect(text(entry).contains(" POST - 404 "))
  }

  @Test func whatCameMayBeNoRequest() {
    #expect(text(entry(nil, endpoint: nil, status: 400)).contains("Z - - 400 12.3 ms"))
  }

  @Test func aMethodOfTheClientsMakingIsNone() {
    #expect(text(entry(request("FORGED"))).contains("Z - /v1/embeddings 200"))
  }

  @Test(arguments: [
    ("a b", "id=\"a b\" peer"), ("x\npeer=1.2.3.4", "id=\"x\\npeer=1.2.3.4\" peer"),
    ("\"", "id=\"\\\"\" peer"), ("", "id=\"\" peer"), ("ü", "id=\"ü\" peer"),
  ])
  func anIDCannotLookLikeMoreOfTheLine(_ id: String, _ words: String) {
    #expect(text(entry(request(id: id))).contains(words))
  }
}

@Suite struct LogTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (4_102_444_799, "2099-12-31T23:59:59Z"),
  ])
  func timesAreUTC(_ seconds: Int, _ text: String) {
    #expect(LogTime(seconds: seconds).text == text)
  }

  @Test func aTimeBeyondAllYearsIsNone() { #expect(LogTime(seconds: .max).text == "-") }
}

@Suite struct TraceParentTests {
  @Test(arguments: [
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
  ])
  func theTraceIsItsSecondPart(_ header: String) {
    #expect(TraceParent(header)?.traceID == "0af7651916cd43dd8448eb211c80319c")
  }

  @Test(arguments: [
    "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
    "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
  ])
  func allElseIsNone(_ header: String) { #expect(TraceParent(header) == nil) }
}

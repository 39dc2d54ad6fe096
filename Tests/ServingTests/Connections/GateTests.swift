import NIOCore
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct GateTests {
  private func status(
    _ gate: Gate, _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders
  ) -> Int {
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    do {
      switch try gate.pass(IncomingRequest(head, arrived: .now())) {
      case .endpoint: return 200
      case .answer(let response): return response.status
      }
    } catch {
      return (error as? Problem)?.status ?? 0
    }
  }

  private func gate(
    isLoopback: Bool = true, _ change: (inout ServeOptions) -> Void = { _ in }
  ) throws -> Gate {
    var options = ServeOptions()
    options.log = .off
    change(&options)
    return Gate(try Service(options, []), isLoopback: isLoopback)
  }

  @Test(
    arguments: [
      ("localhost", 200), ("localhost:8080", 200), ("LOCALHOST", 200), ("127.0.0.1:9", 200),
      ("[::1]:8080", 200), ("embed", 200), ("box.test", 200), ("Box.Test:80", 200),
      ("evil.example", 403), ("evil.example:8080", 403), ("127.0.0.1.evil.example", 403),
      ("localhost.evil.example", 403), ("[fe80::1]", 403), ("", 403),
    ])
  func onLoopbackOnlyOwnNamesAreAnswered(host: String, expected: Int) throws {
    let own = try gate { $0.allowedHosts = ["box.test"] }
    for path in ["/live", "/v1/models"] {
      #expect(status(own, .GET, path, ["host": host]) == expected)
    }
    let open = try gate(isLoopback: false)
    #expect(status(open, .GET, "/live", ["host": host]) == 200)
    let keyed = try gate { $0.keys = ["k"] }
    #expect(status(keyed, .GET, "/live", ["host": host]) == 200)
  }

  @Test(
    arguments: [
      ("http://evil.example", 403), ("null", 403), ("http://localhost", 403),
      ("http://localhost:8080", 200), ("https://LocalHost:8080", 200), ("https://app.test", 200),
    ])
  func pagesOfOthersMayNotAsk(origin: String, expected: Int) throws {
    let gate = try gate { $0.origins = ["https://app.test"] }
    let headers: HTTPHeaders = ["host": "localhost:8080", "origin": origin]
    #expect(status(gate, .POST, "/v1/embeddings", headers) == expected)
    #expect(status(gate, .GET, "/live", headers) == 200)
  }

  @Test func browsersMayAskWhetherTheyMay() throws {
    let gate = try gate { $0.origins = ["https://app.test"] }
    func answer(_ origin: String, _ path: String) throws -> Response? {
      let head = HTTPRequestHead(
        version: .http1_1, method: .OPTIONS, uri: path,
        headers: [
          "host": "localhost", "origin": origin, "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type",
        ])
      let request = IncomingRequest(head, arrived: .now())
      guard case .answer(var response) = try gate.pass(request) else { return nil }
      response.headers += gate.headers(request)
      return response
    }
    func value(_ response: Response?, _ name: String) -> String? {
      response?.headers.first { $0.name == name }?.value
    }
    let own = try answer("https://app.test", "/embed")
    #expect(own?.status == 204)
    #expect(value(own, "access-control-allow-origin") == "https://app.test")
    #expect(value(own, "access-control-allow-headers") == "authorization,content-type")
    let other = try answer("https://evil.example", "/embed")
    #expect(other?.status == 204 && value(other, "access-control-allow-origin") == nil)
    #expect(value(other, "allow") == "OPTIONS, POST")
    #expect(try answer("https://evil.example", "*")?.status == 204)
    #expect(throws: Problem.self) { try answer("https://evil.example", "/nothing") }
  }

  private static let keys: [(HTTPHeaders, Int)] = [
    ([:], 401), (["authorization": "Bearer one"], 200), (["authorization": "bearer  one"], 200),
    (["authorization": "one"], 200), (["api-key": "schlüssel two"], 200),
    (["x-api-key": "one"], 200), (["authorization": "Bearer schlüssel two"], 200),
    (["authorization": "Bearer on"], 401), (["authorization": "Bearer one2"], 401),
    (["authorization": "Bearer "], 401), (["authorization": "Basic b25l"], 401),
    (["x-api-key": "two"], 401),
  ]

  @Test(arguments: keys)
  func aKeyOpensWhatIsNotOpen(headers: HTTPHeaders, expected: Int) throws {
    let gate = try gate { $0.keys = ["one", "schlüssel two"] }
    var headers = headers
    headers.add(name: "host", value: "localhost")
    #expect(status(gate, .GET, "/v1/models", headers) == expected)
    #expect(status(gate, .GET, "/nothing", headers) == (expected == 200 ? 404 : 401))
    #expect(status(gate, .GET, "/health", headers) == 200)
  }
}

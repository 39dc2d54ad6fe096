import Testing

@testable import Serving

@Suite struct RoutesTests {
  private static func endpoint(_ method: String, _ path: String) -> Endpoint {
    Endpoint(method: method, path: path, dialect: .openAI, summary: "") { _, _, _ in .text("") }
  }

  private let routes = Routes([
    endpoint("GET", "/models"), endpoint("GET", "/models/{id}"), endpoint("POST", "/models"),
    endpoint("POST", "/embed"), endpoint("POST", "/of/{name}/embed"),
  ])

  @Test func theRestOfAPathMayHaveSlashes() throws {
    for (path, rest) in [("/models/a", "a"), ("/models/org/name", "org/name"), ("/models", "")] {
      #expect(try routes.endpoint(method: "GET", path: path).rest == rest)
    }
    #expect(try routes.endpoint(method: "HEAD", path: "/models/a").endpoint.path == "/models/{id}")
    #expect(try routes.endpoint(method: "POST", path: "/models").endpoint.method == "POST")
  }

  @Test func aPathMayGoOnBehindTheBraces() throws {
    for (path, rest) in [
      ("/of/a/embed", "a"), ("/of/org/name/embed", "org/name"), ("/of/embed/embed", "embed"),
    ] {
      let found = try routes.endpoint(method: "POST", path: path)
      #expect(found.endpoint.path == "/of/{name}/embed" && found.rest == rest)
    }
    for path in ["/of//embed", "/of/embed", "/of/a", "/of/a/embed/", "/of/a/embeds"] {
      #expect(throws: Problem.self) { try routes.endpoint(method: "POST", path: path) }
    }
  }

  @Test(arguments: ["/", "", "/model", "/models/", "/Models", "/embed/", "//embed"])
  func whatIsNotInTheTableIsNotThere(path: String) {
    let problem = #expect(throws: Problem.self) { try routes.endpoint(method: "GET", path: path) }
    #expect(problem?.status == 404)
  }

  @Test func aWrongMethodIsToldTheRightOnes() {
    for (path, allowed) in [
      ("/models", "GET, HEAD, OPTIONS, POST"), ("/models/a", "GET, HEAD, OPTIONS"),
      ("/embed", "OPTIONS, POST"),
    ] {
      let problem = #expect(throws: Problem.self) {
        try routes.endpoint(method: "PUT", path: path)
      }
      #expect(problem?.status == 405 && problem?.headers.first?.value == allowed)
    }
  }
}

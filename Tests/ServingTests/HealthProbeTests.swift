import ModelFiles
import Testing

@testable import Serving

@Suite struct HealthProbeTests {
  @Test(arguments: [
    ("http://localhost", "localhost", 80, "/health"), ("HTTP://a:9/", "a", 9, "/health"),
    ("https://a.b/ready?x", "a.b", 443, "/ready?x"),
    ("http://[::1]:8080/live", "::1", 8080, "/live"),
    ("https://[::1]", "::1", 443, "/health"),
  ])
  func anAddressIsTakenApart(url: String, host: String, port: Int, path: String) throws {
    let target = try ProbeTarget(url)
    #expect(target.place == .host(host, port: port) && target.path == path)
    #expect(target.isSecure == url.hasPrefix("https"))
  }

  @Test func aSocketIsAnAddressToo() throws {
    #expect(try ProbeTarget("unix:/run/embed.sock").place == .file("/run/embed.sock"))
  }

  @Test(arguments: [
    "", "localhost", "ftp://a", "http://", "http://a:0", "http://a:99999", "http://a:b",
    "http://user@a", "http://a b/", "http://a/ä",
  ])
  func whatIsNoAddressIsRefused(url: String) {
    #expect(throws: FileError.self) { try ProbeTarget(url) }
  }

  @Test func whereNobodyAnswersItSaysWhy() {
    #expect(throws: FileError.self) { try HealthProbe.ask(url: "unix:/nowhere/at/all") }
  }
}

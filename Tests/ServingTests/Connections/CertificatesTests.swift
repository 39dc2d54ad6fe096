import ModelFiles
import NIOPosix
import TestSupport
import Testing

@testable import Serving

@Suite struct CertificatesTests {
  private static let chain = Fixture.path("tls/certificate.pem")
  private static let key = Fixture.path("tls/key.pem")

  @Test func httpsIsAnsweredAndNothingElse() async throws {
    let server = try await TestServer.start { $0.certificate = (chain: Self.chain, key: Self.key) }
    let port = server.port
    func ask(_ scheme: String) async throws {
      try await NIOThreadPool.singleton.runIfActive {
        try HealthProbe.ask(url: "\(scheme)://127.0.0.1:\(port)/live")
      }
    }
    try await ask("https")
    let text = try await server.answer(HTTPMannersTests.last)
    #expect(text.statuses.isEmpty)
    await #expect(throws: FileError.self) { try await ask("http") }
    // Whoever did not speak TLS has not disturbed those who do.
    try await ask("https")
  }

  @Test func withoutACertificateNothingIsEncrypted() async throws {
    let port = try await TestServer.start().port
    await #expect(throws: FileError.self) {
      try await NIOThreadPool.singleton.runIfActive {
        try HealthProbe.ask(url: "https://127.0.0.1:\(port)/live")
      }
    }
  }

  @Test(arguments: [
    (chain, "/nowhere/key.pem", "/nowhere/key.pem"), ("/nowhere/c.pem", key, "/nowhere/c.pem"),
    (key, key, "certificate"), (chain, chain, "private key"), (#filePath, key, "PEM"),
    (chain, Fixture.path("tls/other-key.pem"), "is not the key of the certificate"),
  ])
  func filesThatDoNotBelongTogetherAreNamed(chain: String, key: String, words: String) {
    let error = #expect(throws: FileError.self) { try Certificates(chain: chain, key: key) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }
}

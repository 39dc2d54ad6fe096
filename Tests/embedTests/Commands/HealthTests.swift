import TestSupport
import Testing

@testable import embed

@Suite struct HealthTests {
  @Test func aServerThatIsReadyIsHealthy() throws {
    let server = try ServerProcess()
    for environment in [
      ["EMBED_SERVE_PORT": "\(server.port)"],
      ["EMBED_SERVE_URL": "http://127.0.0.1:\(server.port)/health"],
      ["EMBED_SERVE_PORT": "\(server.port)", "EMBED_SERVE_HOST": "0.0.0.0"],
    ] {
      let result = try embed("health", environment: environment)
      #expect(result.ending == .exited(0), "\(result.stderr)")
      #expect(result.stdout.isEmpty && result.stderr.isEmpty)
    }
    let result = try embed("health", "--url", "http://127.0.0.1:\(server.port)/nowhere")
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains("404"), "\(result.stderr)")
  }

  @Test func noServerIsAFailure() throws {
    // A port that ended a moment ago.
    let server = try ServerProcess()
    #expect(server.ended().ending == .exited(0))
    expectFailure(
      try embed("health", "--url", "http://127.0.0.1:\(server.port)"), ["\(server.port)"])
  }

  @Test func aSocketIsAsked() throws {
    let folder = try ScratchFolder()
    let socket = folder.file("s")
    let running = try embedCommand(["serve", "-m", Models.tiny, "--socket", socket]).started()
    running.waitForMessage("listening on ")
    #expect(try embed("health", "--url", "unix:\(socket)").ending == .exited(0))
    running.signal(15)
    #expect(running.finished().ending == .exited(0))
    #expect(try folder.names == [])
  }

  @Test(
    arguments: [
      ([:], "http://127.0.0.1:8080/health"),
      (["EMBED_SERVE_URL": "http://a/b", "EMBED_SERVE_PORT": "9"], "http://a/b"),
      (["EMBED_SERVE_SOCKET": "/run/e"], "unix:/run/e"),
      (["EMBED_SERVE_HOST": "::", "EMBED_SERVE_PORT": "9"], "http://[::1]:9/health"),
      (["EMBED_SERVE_HOST": "fe80::1"], "http://[fe80::1]:8080/health"),
      (["EMBED_SERVE_PORT": "tcp://10.0.0.1:80"], "http://127.0.0.1:8080/health"),
      (["EMBED_SERVE_TLS_CERT": "c"], "https://127.0.0.1:8080/health"),
    ] as [([String: String], String)])
  func theEnvironmentSaysWhere(_ environment: [String: String], _ url: String) {
    #expect(HealthCommand.address { environment[$0] } == url)
  }
}

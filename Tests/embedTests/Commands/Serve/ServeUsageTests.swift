import Glibc
import TestSupport
import Testing

/// What `embed serve` does not start with.
@Suite struct ServeUsageTests {
  @Test(
    arguments: [
      (["--port", "65536"], "--port must be from 0 to 65535"),
      (["--port", "-1"], "--port must be from 0 to 65535"),
      (["--port", "http"], "The value 'http' is invalid for '--port <N>'"),
      (["--host", ""], "--host is empty; give an address"),
      (
        ["--socket", "s", "--port", "80"],
        "--socket excludes --host and --port; give the one or the others"
      ),
      (["--tls-cert", "c.pem"], "--tls-cert and --tls-key belong together; give both"),
      (["--tls-key", "k.pem"], "--tls-cert and --tls-key belong together; give both"),
      (
        ["--host", "192.0.2.1"],
        "--host 192.0.2.1 lets other machines ask: give --api-key-file FILE or set EMBED_API_KEY, or say --no-key"
      ),
      (
        ["--host", "127.0.0.1.example.com"],
        "--host 127.0.0.1.example.com lets other machines ask: give --api-key-file FILE or set EMBED_API_KEY, or say --no-key"
      ),
      (["--api-key", ""], "--api-key is empty; give a key"),
      (
        ["--api-key", "a\nb"],
        "--api-key has control characters, or spaces at an end; no client can send such a key"
      ),
      (
        ["--cors", "example.com"],
        "--cors `example.com` should be an origin, such as https://example.com or http://localhost:3000"
      ),
      (
        ["--cors", "https://example.com/"],
        "--cors `https://example.com/` should be an origin, such as https://example.com or http://localhost:3000"
      ),
      (
        ["--allow-host", "http://a"],
        "--allow-host `http://a` should be a host's name, such as example.com"
      ),
      (["--max-texts", "0"], "--max-texts must be from 1 to 1073741824"),
      (["--queue-tokens", "0"], "--queue-tokens must be from 1 to 1073741824"),
      (["--max-connections", "0"], "--max-connections must be from 1 to 1073741824"),
      (
        ["--max-body", "0"],
        "The value '0' is invalid for '--max-body <SIZE>': should be a size such as 512M, 4G or 1.5G"
      ),
      (
        ["--cache", "-1"],
        "The value '-1' is invalid for '--cache <SIZE>': should be a size such as 512M, 4G or 1.5G"
      ),
      (
        ["--timeout", "0"],
        "The value '0' is invalid for '--timeout <SECONDS>': should be more than 0 seconds"
      ),
      (
        ["--drain", "soon"],
        "The value 'soon' is invalid for '--drain <SECONDS>': should be a number of seconds"
      ),
      (
        ["--idle-timeout", "nan"],
        "The value 'nan' is invalid for '--idle-timeout <SECONDS>': should be a number of seconds"
      ),
      (
        ["--token-ids", "cl100k"],
        "The value 'cl100k' is invalid for '--token-ids <model|refuse|FILE>': should be model, refuse, or a file whose name ends in .tiktoken"
      ),
      (
        ["--log", "xml"],
        "The value 'xml' is invalid for '--log <text|json|off>'. Please provide one of 'text', 'json' or 'off'."
      ),
      (
        ["--prompt", "a", "--prompt-name", "query"],
        "--prompt-name and --prompt exclude each other; give one of them"
      ),
      (["--threads", "0"], "--threads must be at least 1"),
      (["-m", "a", "-m", "a"], "--model a is given twice"),
      (
        ["-m", "a", "-m", "b", "--type", "sparse"],
        "--type says what one model is; with several leave it out"
      ),
      (["--max-txts", "1"], "Unknown option '--max-txts'. Did you mean '--max-texts'?"),
      (
        ["--port", "1", "--port", "2"],
        "--port is given twice, as `1` and `2`; it takes one value"
      ),
      (["model"], "Unexpected argument 'model'"),
    ] as [([String], String)])
  func wrongUsageIsSixtyFour(_ arguments: [String], _ message: String) throws {
    let result = try embedCommand(["serve"] + arguments)()
    #expect(result.ending == .exited(64), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
  }

  private func usage(
    _ arguments: String..., environment: [String: String]
  ) throws -> [String] {
    let result = try embedCommand(["serve"] + arguments, environment: environment)()
    #expect(result.ending == .exited(64), "\(result.stderr)")
    return result.stderr.split(separator: "\n").map(String.init)
  }

  @Test(
    arguments: [
      ("PORT", "99999", "--port must be from 0 to 65535"),
      ("MAX_TEXTS", "x", "The value 'x' is invalid for '--max-texts <N>'"),
      (
        "API_KEY", "a,b\u{7F}",
        "--api-key has control characters, or spaces at an end; no client can send such a key"
      ),
      ("MODEL", "a,a", "--model a is given twice"),
      (
        "HOST", "0.0.0.0",
        "--host 0.0.0.0 lets other machines ask: give --api-key-file FILE or set EMBED_API_KEY, or say --no-key"
      ),
    ])
  func aBadValueNamesItsVariable(_ name: String, _ value: String, _ message: String) throws {
    let lines = try usage(environment: ["EMBED_SERVE_\(name)": value])
    #expect(lines.first == "Error: EMBED_SERVE_\(name): \(message)")
  }

  @Test func aFlagIsOneOrZero() throws {
    #expect(
      try usage(environment: ["EMBED_SERVE_NO_KEY": "maybe"]).first
        == "Error: EMBED_SERVE_NO_KEY is `maybe`, should be 1 or 0")
  }

  @Test func aListOfNothingIsNoKey() throws {
    #expect(
      try usage(environment: ["EMBED_SERVE_API_KEY": ","]).first
        == "Error: EMBED_SERVE_API_KEY has no value in it")
    #expect(
      try usage(environment: ["EMBED_API_KEY": ","]).first
        == "Error: EMBED_API_KEY has no key in it")
  }

  @Test func variablesThatExcludeEachOtherAreNamed() throws {
    let lines = try usage(
      environment: ["EMBED_SERVE_PROMPT": "s", "EMBED_SERVE_NO_PROMPT": "1"])
    #expect(
      lines.first?.hasSuffix("(from the environment: EMBED_SERVE_NO_PROMPT, EMBED_SERVE_PROMPT)")
        == true)
  }

  /// Containers have an address set, which whoever gives a socket does not mean.
  @Test func aSocketInTheEnvironmentTakesThePlaceOfItsAddress() throws {
    let folder = try ScratchFolder()
    var command = try embedCommand(
      ["serve", "-m", Models.tiny],
      environment: [
        "EMBED_SERVE_SOCKET": folder.file("s"), "EMBED_SERVE_HOST": "0.0.0.0",
        "EMBED_SERVE_PORT": "80",
      ])
    command.seconds = 60
    let running = try command.started()
    running.waitForMessage("listening on unix:")
    running.signal(SIGTERM)
    #expect(running.finished().ending == .exited(0))
  }

  @Test func theCommandLinesOwnMistakesAreItsOwn() throws {
    let lines = try usage("--port", "x", environment: ["EMBED_SERVE_MAX_TEXTS": "x"])
    #expect(lines.first == "Error: The value 'x' is invalid for '--port <N>'")
  }

  @Test func aVariableThatIsNoOptionIsSaid() throws {
    let lines = try usage(
      "--port", "x", environment: ["EMBED_SERVE_MAX_TXTS": "1", "EMBED_SERVE_SERVICE_HOST": "x"])
    #expect(
      lines.first
        == "embed: EMBED_SERVE_MAX_TXTS is not an option of serve and has no effect; did you mean "
        + "EMBED_SERVE_MAX_TEXTS?")
    #expect(lines.count { $0.hasPrefix("embed: ") } == 1)
  }

  @Test func theEnvironmentSetsWhatTheCommandLineDoesNot() throws {
    let server = try ServerProcess(
      "--max-texts", "2",
      environment: [
        "EMBED_SERVE_MAX_TEXTS": "1", "EMBED_SERVE_PORT": "1", "EMBED_SERVE_SOCKET": "/nowhere/s",
        "EMBED_SERVE_MODEL": Models.tiny, "EMBED_SERVE_SERVED_NAME": "one,two",
        "EMBED_SERVE_LOG": "off", "EMBED_SERVE_METRICS_OPEN": "true", "EMBED_SERVE_TIMEOUT": "",
        "EMBED_SERVE_API_KEY": "k",
      ], model: nil)
    let key = "api-key: k"
    let two = try server.ask("/v1/embeddings", #"{"input":["a","b"],"model":"two"}"#, key)
    #expect(two.status == 200)
    let three = try server.ask("/v1/embeddings", #"{"input":["a","b","c"]}"#, key)
    #expect(three.status == 400)
    #expect(try three.message.contains("2"))
    #expect(try server.ask("/metrics").status == 200)
    let result = server.ended()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.split(separator: "\n").count == 1, "\(result.stderr)")
  }
}

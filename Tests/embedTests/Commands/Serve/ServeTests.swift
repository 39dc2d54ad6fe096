import Foundation
import TestSupport
import Testing

/// `embed serve` from outside: what it answers, says and ends with.
@Suite struct ServeTests {
  @Test func vectorsAreThoseOfEncodeBitForBit() throws {
    let texts = variedTexts(40) + ["", "tab\tand \"quotes\""]
    let rows = try JSONSerialization.data(withJSONObject: ["input": texts])
    let lines = try texts.map {
      String(decoding: try JSONSerialization.data(withJSONObject: ["text": $0]), as: UTF8.self)
    }
    let encoded = try encode(
      "--input", "jsonl", input: lines.map { $0 + "\n" }.joined())
    #expect(encoded.ending == .exited(0), "\(encoded.stderr)")
    let server = try ServerProcess("--log", "off")
    let answer = try server.ask("/v1/embeddings", String(decoding: rows, as: UTF8.self))
    #expect(answer.status == 200)
    let vectors = try answer.vectors.map { $0.map(\.bitPattern) }
    #expect(vectors == encoded.lines.map { numbers($0).map(\.bitPattern) })
    let result = server.ended()
    #expect(result.ending == .exited(0))
    #expect(result.stdout.isEmpty)
  }

  @Test func aSocketFromSystemdHasItsOwnAddressForAName() throws {
    let server = try ServerProcess.inheriting("127.0.0.2")
    for (host, status) in [
      ("127.0.0.2:\(server.port)", 200), ("localhost", 200), ("127.0.0.3", 403),
      ("evil.example", 403),
    ] {
      let connection = try server.asked("/v1/models", nil, host: host)
      #expect(try server.answer(over: connection).status == status, "\(host)")
    }
    #expect(server.ended().ending == .exited(0))
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalEndsItWithZero(_ signal: Int32) throws {
    let server = try ServerProcess()
    let result = server.ended(by: signal)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
  }

  @Test func whatIsUnderWayIsAnsweredBeforeItEnds() throws {
    let texts = (0..<2048).map { "\($0) the cat sat on a mat by the river and then it ran home" }
    let body = try JSONSerialization.data(withJSONObject: ["input": texts])
    let server = try ServerProcess("--cache", "0")
    let connection = try server.asked("/v1/embeddings", String(decoding: body, as: UTF8.self))
    // Until it has been read, and its tokens wait.
    var looks = 0
    while looks < 500, try server.ask("/metrics").text.contains("\nembed_queue_tokens 0\n") {
      looks += 1
      usleep(5000)
    }
    server.running.signal(SIGTERM)
    let answer = try server.answer(over: connection)
    #expect(answer.status == 200)
    #expect(try answer.vectors.count == 2048)
    let result = server.running.finished()
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(!result.stderr.contains("given up"))
  }

  /// Whatever is under way then: here, an answer that nobody reads, of more megabytes than the four
  /// that the system takes for it.
  @Test func itEndsOnceItHasDrainedForLongEnough() throws {
    let texts = [String](repeating: "the cat sat on a mat by the river and ran home", count: 1500)
    let body = try JSONSerialization.data(withJSONObject: ["inputs": texts])
    let server = try ServerProcess("--drain", "0.5")
    let connection = try server.asked(
      "/embed_all", String(decoding: body, as: UTF8.self), holding: 4096)
    defer { close(connection) }
    // Until it has begun to come.
    var byte: UInt8 = 0
    #expect(recv(connection, &byte, 1, Int32(MSG_PEEK)) == 1, "errno \(errno)")
    let result = server.ended()
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.hasSuffix("1 request was given up (--drain)\n"), "\(result.stderr)")
  }

  @Test func aPortThatIsTakenIsAFailure() throws {
    let server = try ServerProcess()
    let other = try embed("serve", "-m", Models.tiny, "--port", "\(server.port)")
    expectFailure(other, ["\(server.port)"])
    #expect(server.ended().ending == .exited(0))
  }

  @Test func aModelThatIsNotThereIsAFailure() throws {
    expectFailure(try embed("serve", "-m", "/nowhere", "--port", "0"), ["/nowhere"])
  }

  @Test func probesMetricsAndTheDescriptionAreThere() throws {
    let server = try ServerProcess()
    for path in ["/live", "/ready", "/health", "/ping", "/"] {
      #expect(try server.ask(path).status == 200)
    }
    _ = try server.ask("/v1/embeddings", #"{"input":["a","b"]}"#)
    _ = try server.ask("/v1/embeddings", "{")
    let metrics = try server.ask("/metrics")
    #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
    let lines = Set(metrics.text.split(separator: "\n").map(String.init))
    for line in [
      #"embed_requests_total{endpoint="/v1/embeddings",status="2xx"} 1"#,
      #"embed_requests_total{endpoint="/v1/embeddings",status="4xx"} 1"#,
      #"te_request_success{method="batch"} 1"#, "embed_texts_total 2", "te_embed_success 2",
      #"embed_build_info{version="0.1.0"} 1"#, "te_queue_size 0", "embed_queue_tokens 0",
      "embed_ready 1",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(try server.ask("/openapi.json").json["paths"] != nil)
  }

  @Test func severalModelsAreChosenByName() throws {
    let folder = try ScratchFolder(copyOf: Models.tiny)
    let server = try ServerProcess("-m", folder.path)
    let list = try #require(server.ask("/v1/models").json["data"] as? [[String: Any]])
    #expect(list.count == 2)
    for model in list {
      let id = try #require(model["id"] as? String)
      let answer = try server.ask("/v1/embeddings", #"{"input":"a","model":"\#(id)"}"#)
      #expect(try answer.json["model"] as? String == id)
    }
    #expect(try server.ask("/v1/embeddings", #"{"input":"a","model":"none"}"#).status == 404)
  }
}

/// Who may ask it.
@Suite struct ServeAccessTests {
  private func ask(_ server: ServerProcess, _ headers: String...) throws -> Int {
    try server.ask("/v1/embeddings", #"{"input":"a"}"#, headers.first ?? "x-none: 1").status
  }

  @Test func keysComeFromTheOptionsTheFileAndTheEnvironment() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("keys", "# ours\nfrom-file\n\n")
    let server = try ServerProcess(
      "--api-key", "typed", "--api-key-file", file, environment: ["EMBED_API_KEY": "one,two"])
    #expect(try ask(server) == 401)
    #expect(try ask(server, "authorization: Bearer one,two") == 401)
    for key in ["typed", "from-file", "one", "two"] {
      #expect(try ask(server, "authorization: Bearer \(key)") == 200)
      #expect(try ask(server, "api-key: \(key)") == 200)
      #expect(try ask(server, "x-api-key: \(key)") == 200)
    }
    #expect(try server.ask("/health").status == 200)
    #expect(try server.ask("/metrics").status == 401)
    let said = server.ended().stderr
    for key in ["typed", "from-file", "one,two"] { #expect(!said.contains(key)) }
  }

  @Test func metricsMayBeOpen() throws {
    let server = try ServerProcess("--api-key", "k", "--metrics-open")
    #expect(try server.ask("/metrics").status == 200)
  }

  @Test func anotherAddressNeedsAKey() throws {
    let result = try embed("serve", "-m", Models.tiny, "--host", "0.0.0.0", "--port", "0")
    #expect(result.ending == .exited(64))
    #expect(
      result.stderr.hasPrefix(
        "Error: --host 0.0.0.0 lets other machines ask: give --api-key-file FILE or set "
          + "EMBED_API_KEY, or say --no-key\n"))
  }

  @Test func anEmptyKeyFileIsAFailure() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("keys", "# none\n")
    expectFailure(
      try embed("serve", "-m", Models.tiny, "--port", "0", "--api-key-file", file), ["keys"])
    expectFailure(
      try embed("serve", "-m", Models.tiny, "--port", "0", "--api-key-file", "/nowhere/keys"),
      ["/nowhere/keys"])
  }
}

/// What it says of requests.
@Suite struct ServeLogTests {
  private func log(_ options: String...) throws -> [String] {
    let server = try ServerProcess("--log", options[0], options.count > 1 ? options[1] : "--no-key")
    _ = try server.ask(
      "/v1/embeddings?secret", #"{"input":"a private text"}"#, "x-request-id: id-7")
    _ = try server.ask("/private", "{}")
    let lines = server.ended().stderr.split(separator: "\n").map(String.init)
    #expect(!lines.joined().contains("private") && !lines.joined().contains("secret"))
    return lines
  }

  @Test func aRequestIsALine() throws {
    let lines = try log("text")
    let line = try #require(lines.first { $0.contains("/v1/embeddings") })
    #expect(
      line.contains(
        #/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ POST \/v1\/embeddings 200 \d+\.\d ms 1 texts \d+ tokens 0 cut \d+ bytes id=id-7 peer=127\.0\.0\.1$/#
      ), "\(line)")
    #expect(lines.contains { $0.contains(" POST - 404 ") })
  }

  @Test func aRequestIsAJSONObject() throws {
    let lines = try log("json").filter { $0.hasPrefix("{") }.map(object)
    #expect(lines.count == 2)
    #expect(lines[0]["http.route"] as? String == "/v1/embeddings")
    #expect(lines[0]["http.request.id"] as? String == "id-7")
    #expect(lines[1]["http.response.status_code"] as? Int == 404)
  }

  @Test func offSaysNothingOfRequests() throws {
    #expect(try log("off").count == 1)
  }

  @Test func quietSaysNothingAtAll() throws {
    let folder = try ScratchFolder()
    let running = try embedCommand(
      ["serve", "-m", Models.tiny, "--socket", folder.file("s"), "--quiet"]
    ).started()
    // It says nothing, so that only its answer shows that it is there.
    let address = "unix:\(folder.file("s"))"
    for _ in 0..<100 where try embed("health", "--url", address).ending != .exited(0) {
      usleep(50_000)
    }
    running.signal(SIGTERM)
    let result = running.finished()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty, "\(result.stderr)")
  }
}

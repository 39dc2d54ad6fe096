import Glibc
import ModelFiles
import Synchronization
import TestSupport
import Testing

@testable import Serving

/// What becomes of requests when a model's files are not what they were, or its numbers no numbers.
@Suite struct BrokenModelTests {
  private final class Lines: Sendable {
    let all = Mutex("")
    func add(_ line: String) { all.withLock { $0 += line + "\n" } }
  }

  private func options(_ lines: Lines) -> ServeOptions {
    var options = ServeOptions()
    options.say = { lines.add($0) }
    return options
  }

  @Test(arguments: [
    ("/v1/embeddings", #"{"input":"a dog"}"#), ("/embed", #"{"inputs":"a dog"}"#),
    ("/api/embed", #"{"input":"a dog"}"#),
  ])
  func changedWeightsAreNoFaultOfTheClient(path: String, body: String) async throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let lines = Lines()
    let running = try RunningService(folder.path, options(lines))
    #expect(try await running.post(path, #"{"input":"a cat","inputs":"a cat"}"#).status == 200)
    #expect(try await running.answer("GET", "/ready").status == 200)
    chmod(folder.file("model.safetensors"), 0o600)
    let (status, json) = try await running.post(path, body)
    #expect(status == 500)
    #expect(!String(decoding: json.source, as: UTF8.self).contains(folder.path))
    running.service.log.finish()
    #expect(lines.all.withLock { $0.contains(folder.file("model.safetensors")) })
    let ready = try await running.get("/ready")
    #expect(ready.status == 503)
    #expect(!(try ready.json.string("error")).contains(folder.path))
  }

  @Test(arguments: ["/v1/models", "/info", "/api/tags"])
  func filesThatAreGoneAreNoFaultOfTheClient(path: String) async throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let running = try RunningService(folder.path, options(Lines()))
    for name in try folder.names { try folder.remove(name) }
    let response = try await running.answer("GET", path)
    #expect([200, 500].contains(response.status))
    #expect(!String(decoding: response.body, as: UTF8.self).contains(folder.path))
  }

  /// The tiny model with a NaN in the vector of the word "cat".
  private func poisoned() throws -> ScratchFolder {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    var bytes = try folder.bytes("model.safetensors")
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = try JSON(Array(bytes[8..<(8 + length)]), name: "header")
    let table = try #require(header["embeddings.word_embeddings.weight"])
    let words = try folder.text("vocab.txt").split(separator: "\n").map(String.init)
    let row = try #require(words.firstIndex(of: "cat"))
    let width = try table.ints("shape")[1]
    let start = 8 + length + Int(try table.ints("data_offsets")[0]) + row * Int(width) * 4
    let nan = withUnsafeBytes(of: Float.nan) { Array($0) }
    bytes.replaceSubrange(start..<(start + 4), with: nan)
    try folder.write("model.safetensors", bytes)
    return folder
  }

  @Test(arguments: [ServeOptions.LongTexts.cut, .chunk])
  func aVectorThatIsNotFiniteIsNamedByItsText(long: ServeOptions.LongTexts) async throws {
    let folder = try poisoned()
    let lines = Lines()
    var options = options(lines)
    options.long = long
    let running = try RunningService(folder.path, options)
    let many = Array(repeating: "a dog", count: 40).joined(separator: " ")
    let (status, json) = try await running.post("/embed", #"{"inputs":["\#(many)","a cat"]}"#)
    #expect(status == 500)
    let message = try json.string("error")
    #expect(message.hasPrefix("text 1: ") && !message.contains(folder.path))
    running.service.log.finish()
    #expect(lines.all.withLock { $0.contains(folder.path) })
  }
}

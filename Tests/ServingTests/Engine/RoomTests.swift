import ModelFiles
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Serving

/// Memory that is given out in parts.
@Suite struct RoomTests {
  private static let large = Room.little + 1

  /// Waits until something is so, but not for ever.
  private func isSoon(_ isSo: () -> Bool) async throws -> Bool {
    for _ in 0..<2000 where !isSo() { try await Task.sleep(for: .milliseconds(5)) }
    return isSo()
  }

  @Test func oneAloneMayHaveAnything() async throws {
    let room = Room(10)
    let part = try await room.part(1 << 40)
    #expect(room.taken == 1 << 40)
    withExtendedLifetime(part) {}
  }

  @Test func othersWaitInTurnUntilItIsGivenBack() async throws {
    let room = Room(2 * Self.large)
    var first: Room.Part? = try await room.part(2 * Self.large)
    // What a task returns is held as long as the task is.
    let second = Task { _ = try await room.part(2 * Self.large) }
    #expect(try await isSoon { room.isWaitedFor })
    let third = Task { _ = try await room.part(Self.large) }
    let little = try await room.part(Room.little)
    #expect(room.taken == 2 * Self.large)
    withExtendedLifetime((first, little)) {}
    first = nil
    _ = try await (second.value, third.value)
    #expect(try await isSoon { room.taken == 0 && !room.isWaitedFor })
  }

  @Test func whoIsCalledOffHoldsUpNobody() async throws {
    let room = Room(Self.large)
    let first = try await room.part(Self.large)
    let second = Task { try await room.part(Self.large) }
    #expect(try await isSoon { room.isWaitedFor })
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(!room.isWaitedFor && room.taken == Self.large)
    withExtendedLifetime(first) {}
  }

  @Test func whoHasAPartDoesNotWaitForAnother() async throws {
    let room = Room(Self.large)
    let first = try await room.part(Self.large)
    let second = try await Room.$isHeld.withValue(true) { try await room.part(Self.large) }
    #expect(room.taken == 2 * Self.large)
    withExtendedLifetime((first, second)) {}
  }

  private static let texts = String(
    decoding: JSONValue.array(Array(repeating: "a cat", count: 1000)).bytes, as: UTF8.self)
  private static let long = String(repeating: "a cat ", count: 20_000)

  /// Equal texts cost no tokens, so nothing else bounds what is made of them; nor do tokens where
  /// nothing is computed, or texts that are repeated.
  @Test(arguments: [
    ("/v1/embeddings", #"{"input":\#(texts)}"#), ("/tokenize", #"{"inputs":\#(texts)}"#),
    ("/tokenize", #"{"content":"\#(long)","with_pieces":true}"#),
    (
      "/v2/embed",
      #"{"model":"bert-tiny","input_type":"search_query","embedding_types":["float"],"#
        + #""texts":\#(texts)}"#
    ),
    ("/rerank", #"{"query":"cat","texts":\#(texts),"return_text":true}"#),
    ("/v1/rerank", #"{"query":"cat","documents":\#(texts),"return_documents":true}"#),
  ])
  func anAnswerHasItsRoomUntilItIsSent(_ path: String, _ text: String) async throws {
    var options = ServeOptions()
    options.mostAnswers = 1
    let model = path.hasSuffix("rerank") ? Fixture.path("kinds/ce_bert") : Fixture.tinyBERT
    let running = try RunningService(model, options)
    let body = Array(text.utf8)
    var first: Response? = try await running.answer("POST", path, body)
    #expect(try #require(first).body.count < running.service.answers.taken)
    let second = Task { try await running.answer("POST", path, body).status }
    #expect(try await isSoon { running.service.answers.isWaitedFor })
    #expect(first?.status == 200)
    first = nil
    #expect(try await second.value == 200)
    #expect(try await isSoon { running.service.answers.taken == 0 })
  }

  @Test func whatABodyIsReadIntoIsCounted() async throws {
    let room = Room(1)
    let numbers = Array(repeating: "1", count: 100_000).joined(separator: ",")
    func request() -> Request {
      Request(
        method: "POST", path: "/", query: "", headers: [:],
        body: Array(#"{"a":[\#(numbers)]}"#.utf8),
        id: "", arrived: .now())
    }
    var body: Body? = try await Body(request(), within: room)
    #expect(room.taken > 1_600_000)
    #expect(body?.json["a"]?.count == 100_000)
    body = nil
    #expect(room.taken == 0)
  }
}

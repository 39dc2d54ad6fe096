import ModelFiles
import NIOCore

/// What is sent back. The connection adds what all answers have: length, id, timings, the texts
/// that were cut.
struct Response: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]
  /// What was done for it.
  var work = Work()
  /// Whether the connection ends after it.
  var closes = false
  /// What kind of problem it says, if it says one.
  var failure: Problem.Kind?

  init(
    status: Int = 200, type: String, body: [UInt8], headers: [(name: String, value: String)] = [],
    work: Work = Work()
  ) {
    (self.status, self.body, self.work) = (status, body, work)
    self.headers = [(name: "content-type", value: type)] + headers
  }

  /// A JSON document.
  static func json(_ body: [UInt8], status: Int = 200, work: Work = Work()) -> Response {
    Response(status: status, type: "application/json", body: body, work: work)
  }

  static func json(_ value: JSONValue, status: Int = 200, work: Work = Work()) -> Response {
    json(value.bytes, status: status, work: work)
  }

  /// Plain text, in UTF-8.
  static func text(_ text: String, status: Int = 200) -> Response {
    Response(status: status, type: "text/plain; charset=utf-8", body: Array(text.utf8))
  }
}

/// What a request cost.
struct Work: Sendable {
  /// Texts, or pairs of them; the tokens that the network reads of them, special ones included; and
  /// the characters of the request's texts.
  var texts = 0
  var tokens = 0
  var characters = 0
  /// Texts whose vectors were in the cache.
  var cached = 0
  /// The numbers of the texts that lost tokens, from 0.
  var cut: [Int] = []
  var tokenize = TimeAmount.zero
  /// From being ready to be computed until the first text was taken.
  var queue = TimeAmount.zero
  /// From then until the last one was there.
  var compute = TimeAmount.zero
  /// What the answer takes of the memory for answers, held until it is sent.
  var rooms: [Room.Part] = []
  /// The id of the model that answered.
  var model: String?

  /// Both.
  static func + (one: Work, other: Work) -> Work {
    var sum = one
    sum.texts += other.texts
    sum.tokens += other.tokens
    sum.characters += other.characters
    sum.cached += other.cached
    sum.cut += other.cut
    sum.tokenize = sum.tokenize + other.tokenize
    sum.queue = sum.queue + other.queue
    sum.compute = sum.compute + other.compute
    sum.rooms += other.rooms
    sum.model = sum.model ?? other.model
    return sum
  }
}

import NIOCore

extension Response {
  /// The same with the headers in which text-embeddings-inference says what a request cost.
  func withCosts(_ request: Request) -> Response {
    func milliseconds(_ time: TimeAmount) -> String { "\(time.nanoseconds / 1_000_000)" }
    let total = milliseconds(NIODeadline.now() - request.arrived)
    var response = self
    response.headers += [
      (name: "x-compute-type", value: "cpu"), (name: "x-compute-time", value: total),
      (name: "x-compute-characters", value: "\(work.characters)"),
      (name: "x-compute-tokens", value: "\(work.tokens)"), (name: "x-total-time", value: total),
      (name: "x-tokenization-time", value: milliseconds(work.tokenize)),
      (name: "x-queue-time", value: milliseconds(work.queue)),
      (name: "x-inference-time", value: milliseconds(work.compute)),
    ]
    return response
  }
}

import NIOCore
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct AnswerFormTests {
  @Test(arguments: [
    ("", AnswerForm.json), ("*/*", .json), ("application/json", .json),
    ("application/octet-stream", .rows), ("Application/X-NPY", .npy),
    ("application/json, application/octet-stream", .json),
    ("application/json;q=0.5, application/octet-stream", .rows),
    ("text/html, application/x-npy; q=0.1", .npy), ("application/x-npy;q=0", .json),
    ("application/x-npy;q=nan", .json), (";;,=q", .json),
  ])
  func isWhatTheClientWantsMost(accept: String, form: AnswerForm) {
    let request = Request(
      method: "POST", path: "/embed", query: "", headers: HTTPHeaders([("accept", accept)]),
      body: [], id: "", arrived: .now())
    #expect(AnswerForm(request) == form)
  }
}

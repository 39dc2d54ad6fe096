/// Something that can be asked for. Routes, 404, 405 and the OpenAPI description are made of the
/// same table of these.
struct Endpoint: Sendable {
  /// Makes the answer.
  /// - Parameter rest: what stands in the path where the endpoint's has `{…}`
  typealias Respond =
    @Sendable (_ request: Request, _ service: Service, _ rest: String) async throws -> Response

  /// An answer that it may give beside the errors that all may.
  struct Answer: Sendable {
    let status: Int
    let description: String
    var type = "application/json"
    var schema: Schema?
  }

  let method: String
  /// `/v1/models/{id}`: in the place of the braces anything may stand, slashes included.
  let path: String
  let dialect: Dialect
  /// Whether it needs no key.
  var isOpen = false
  /// Whether it is answered on the spot, whatever else there is to do.
  var isProbe = false
  let summary: String
  /// What the body should be; `nil` where none is read.
  var body: Schema?
  var answers: [Answer] = []
  let respond: Respond
}

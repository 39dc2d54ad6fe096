/// Why a request is not answered as it was meant.
struct Problem: Error, Sendable {
  /// What kinds there are: each server that is imitated has words of its own for them.
  enum Kind: Sendable {
    case validation, empty, tooLarge, notFound, methodNotAllowed, unauthorized, forbidden
    /// The model cannot do what was asked for.
    case wrongModel
    /// Too much waits; another try may succeed.
    case overloaded
    /// Not ready yet, ending, or too slow.
    case unavailable
    /// What the model made cannot be sent.
    case inference
  }

  let kind: Kind
  let status: Int
  let message: String
  /// The member of the request that is wrong.
  var parameter: String?
  /// A word for programs, such as `model_not_found`.
  var code: String?
  var headers: [(name: String, value: String)] = []
  /// Whether what follows on the connection cannot be understood.
  var closes = false

  init(
    _ kind: Kind, status: Int, _ message: String, parameter: String? = nil, code: String? = nil,
    headers: [(name: String, value: String)] = [], closes: Bool = false
  ) {
    (self.kind, self.status, self.message) = (kind, status, message)
    (self.parameter, self.code, self.headers, self.closes) = (parameter, code, headers, closes)
  }

  /// A request that says something that cannot be.
  static func invalid(_ message: String, _ parameter: String? = nil) -> Problem {
    Problem(.validation, status: 400, message, parameter: parameter)
  }

  /// A model of another kind is needed.
  static func wrongModel(_ message: String) -> Problem {
    Problem(.wrongModel, status: 424, message, parameter: "model")
  }

  /// Trying again helps once `seconds` are over.
  static func overloaded(_ message: String, seconds: Int) -> Problem {
    Problem(
      .overloaded, status: 429, message, headers: [(name: "retry-after", value: "\(seconds)")])
  }
}

import NIOHTTP1

/// What the client wants vectors in, by its `accept`.
enum AnswerForm: String, CaseIterable, Sendable {
  /// A document in the form of the endpoint's dialect.
  case json = "application/json"
  /// Numbers alone, row after row, little-endian.
  case rows = "application/octet-stream"
  /// The same behind NumPy's header.
  case npy = "application/x-npy"

  /// The known form that is wanted most, of equal ones the first; JSON where none is named.
  init(_ request: Request) {
    var (form, most) = (Self.json, 0.0)
    for part in request.headers[canonicalForm: "accept"] {
      let pieces = part.split(separator: ";").map { $0.lowercased().filter { $0 != " " } }
      guard let name = pieces.first, let known = Self(rawValue: name) else { continue }
      let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.map {
        Double($0.dropFirst(2)) ?? 0
      }
      if weight ?? 1 > most { (form, most) = (known, weight ?? 1) }
    }
    self = form
  }
}

import Vectors

/// A text of a request.
enum Input: Sendable {
  /// Valid UTF-8.
  case text([UInt8])
  /// Tokens that the client made.
  case ids([Int32])
}

/// What a request wants of its texts; what it does not say is as the server's options have it.
struct Wish: Sendable {
  var promptName: String?
  var prompt: String?
  /// Whether texts over the limit are cut, or else refused.
  var truncates: Bool?
  /// Whether they lose their beginning, not their end.
  var isCutLeft: Bool?
  /// How many tokens are read of a text, where the model reads more.
  var mostTokens: Int?
  /// Whether vectors get length 1, or else stay as they are before the model's Normalize; `nil` for
  /// as the model gives them.
  var normalizes: Bool?
  /// How many of the first numbers stay; they get length 1 again.
  var dimensions: Int?
}

extension Wish {
  func check(dimension: Int) throws {
    guard let dimensions, !(1...max(1, dimension)).contains(dimensions) else { return }
    throw Problem.invalid(
      "dimensions is \(dimensions), should be from 1 to the model's \(dimension)", "dimensions")
  }

  /// Vectors as they are wanted. Where all numbers stay, no bit is changed that need not be.
  /// - Parameter isNormalized: whether the model itself brings them to length 1
  func finished(_ vectors: Matrix, isNormalized: Bool) -> Matrix {
    guard let dimensions, dimensions < vectors.columns else {
      return normalizes == true && !isNormalized ? vectors.normalized() : vectors
    }
    let short = vectors.firstColumns(dimensions)
    return normalizes == false ? short : short.normalized()
  }
}

extension Input {
  /// How much there is to read, about.
  var bytes: Int {
    switch self {
    case .text(let text): text.count
    case .ids(let ids): ids.count
    }
  }
}

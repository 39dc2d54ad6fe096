package import Tensors

/// What goes from module to module: the rows of a batch's tokens first, then one row a text.
package struct Features: Sendable {
  /// Whose the token rows are.
  package let packing: Packing
  /// How many tokens at the start of each text came from the prompt.
  package let promptLength: Int
  /// `[N, H]` before pooling, `[B, E]` after it.
  package var values: Tensor
}

/// What a module takes or gives: rows of tokens or of texts, and how long they are.
package enum Rows: Sendable, Equatable {
  case tokens(Int)
  case texts(Int)

  /// Their shape: N tokens of B texts.
  package var shape: String {
    switch self {
    case .tokens(let width): "[N, \(width)]"
    case .texts(let width): "[B, \(width)]"
    }
  }

  package var width: Int {
    switch self {
    case .tokens(let width), .texts(let width): width
    }
  }
}

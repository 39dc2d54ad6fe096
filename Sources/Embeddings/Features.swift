package import Tensors

/// What goes from module to module: the rows of a batch's tokens first, then one row a text.
package struct Features: Sendable {
  /// Whose the token rows are.
  package var layout: SequenceLayout
  /// The token of each of N rows, 0 in rows that are nobody's.
  package let ids: [Int32]
  /// How many tokens at the start of each text came from the prompt.
  package var promptLength = 0
  /// `[N, H]`: of tokens before pooling, after it of texts, one row each.
  package var values: Tensor
  /// What went into the network's first layer and came out of each, where a module asks for it.
  package var layers: [Tensor] = []
  /// The sum of each text's token weights, which a mean divides by; `nil` where tokens weigh alike.
  package var weightSums: [Float]?

  package init(layout: SequenceLayout, ids: [Int32], values: Tensor, layers: [Tensor] = []) {
    (self.layout, self.ids, self.values, self.layers) = (layout, ids, values, layers)
  }
}

/// What a module takes or gives: rows of tokens or of texts, and how long they are.
package struct FeatureShape: Sendable, Hashable {
  package enum Owner: Sendable { case tokens, texts }

  package let owner: Owner
  package let width: Int
  /// Ids are below this; `nil` where rows are no longer those of the text's tokens.
  package let vocabulary: Int?
  /// How many layers' outputs a module may ask for, the input of the first among them.
  package let layers: Int

  private init(_ owner: Owner, _ width: Int, _ vocabulary: Int?, _ layers: Int) {
    (self.owner, self.width, self.vocabulary, self.layers) = (owner, width, vocabulary, layers)
  }

  static func tokens(_ width: Int, vocabulary: Int?, layers: Int = 0) -> FeatureShape {
    FeatureShape(.tokens, width, vocabulary, layers)
  }

  static func texts(_ width: Int) -> FeatureShape { FeatureShape(.texts, width, nil, 0) }

  /// Rows of the same tokens or texts, of another width.
  func with(width: Int) -> FeatureShape { FeatureShape(owner, width, vocabulary, 0) }

  /// Their shape: N tokens of B texts.
  package var shape: String { "[\(owner == .tokens ? "N" : "B"), \(width)]" }
}

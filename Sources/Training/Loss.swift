package import ModelFiles
package import Tensors

/// What the vectors of a batch should come to, as one number that training makes small.
///
/// A loss is a file in `Losses/` and a line of `Losses.known`.
package protocol Loss: Sendable {
  /// sentence-transformers' name of the class.
  static var name: String { get }
  /// Other names it is known by, in any case: `mnrl`.
  static var shortNames: [String] { get }

  /// - Parameter options: its parameters by sentence-transformers' names; read with `present` and the
  ///   like, so that the registry can name those that nothing asked for
  init(_ options: JSON, _ context: LossContext) throws

  /// What data it takes.
  var needs: LossNeeds { get }
  /// Its parameters as they count, in sentence-transformers' order and by its names.
  var parameters: [(name: String, value: JSONValue)] { get }
  /// Weights of its own before the first step, by names of sentence-transformers' state_dict
  /// (`classifier.weight`).
  var weights: [(name: String, value: Tensor)] { get }

  /// The loss of one batch, and its derivatives.
  /// - Parameters:
  ///   - columns: the texts' vectors, a tensor for each column: each `[B, E]`
  ///   - labels: those of the B rows
  ///   - weights: its own, as they are now
  func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue
}

extension Loss {
  package static var shortNames: [String] { [] }
  package var weights: [(name: String, value: Tensor)] { [] }
}

/// What a loss may have to know of the model and the data before the first step.
package struct LossContext: Sendable {
  /// E, the numbers of a text's vector.
  package let width: Int
  /// The classes of the labels; 0 where labels are none.
  package let classes: Int
  /// From which a loss' own weights are drawn.
  package let seed: Int

  package init(width: Int, classes: Int, seed: Int) {
    (self.width, self.classes, self.seed) = (width, classes, seed)
  }
}

/// What a loss asks of data.
package struct LossNeeds: Sendable {
  /// How many columns of texts.
  package var columns: ClosedRange<Int>
  package var labels: LabelKind
  /// Whether it compares the rows of a batch with each other: then a batch of one teaches nothing.
  package var comparesRows = false
  /// Whether texts of other rows count as wrong answers: then none should be there twice.
  package var usesOtherRows = false
  /// Whether a batch needs several texts of a class.
  package var groupsByLabel = false

  package init(
    columns: ClosedRange<Int>, labels: LabelKind, comparesRows: Bool = false,
    usesOtherRows: Bool = false, groupsByLabel: Bool = false
  ) {
    (self.columns, self.labels, self.comparesRows) = (columns, labels, comparesRows)
    (self.usesOtherRows, self.groupsByLabel) = (usesOtherRows, groupsByLabel)
  }
}

/// What labels are.
package enum LabelKind: Sendable, Equatable {
  case none
  /// A number a row: a score.
  case score
  /// 0 or 1 a row.
  case binary
  /// A number of a class a row.
  case classes
  /// A vector a row, or one for each column.
  case vectors
}

/// The labels of a batch of B rows.
package enum BatchLabels: Sendable {
  case none
  /// Scores, and 0 and 1.
  case scores([Float])
  case classes([Int32])
  /// `[B, E]`: one for all columns, or one for each.
  case vectors([Tensor])
}

/// A loss and its derivatives.
package struct LossValue: Sendable {
  package var value: Double
  /// By each column's vectors: `[B, E]` each.
  package var columns: [Tensor]
  /// By the loss' own weights.
  package var weights: [String: Tensor] = [:]

  package init(value: Double, columns: [Tensor], weights: [String: Tensor] = [:]) {
    (self.value, self.columns, self.weights) = (value, columns, weights)
  }
}

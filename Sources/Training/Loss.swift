package import Embeddings
package import ModelFiles
package import Tensors
package import Vectors

/// What the vectors of a batch should come to, as one number that training makes small.
///
/// A loss is a file in `Losses/` and a line of `Losses.known`.
package protocol Loss: Sendable {
  /// sentence-transformers' name of the class.
  static var name: String { get }
  /// Other names it is known by, in any case: `mnrl`.
  static var shortNames: [String] { get }
  /// The models that can have it.
  static var kind: ModelKind { get }

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

  /// The layers beside the last, by their numbers, whose vectors it takes beside those of the last;
  /// 0 is what goes into the first.
  var layers: [Int] { get }
  /// The loss of one batch, where each learns a part that is drawn.
  /// - Parameter draw: which drawing it is, a number that no other batch of the run has
  func drawn(_ draw: Int) -> any Loss
  /// The loss as it counts in a step.
  /// - Parameters:
  ///   - step: its number, the first being 1
  ///   - steps: of the whole training
  func scheduled(step: Int, of steps: Int) -> any Loss
  /// What vectors that have learned it are compared by; `nil` for what the model has.
  var similarity: Similarity? { get }

  /// The loss of one batch, and its derivatives.
  /// - Parameters:
  ///   - columns: the texts' vectors, a tensor for each column, or for each of the needs' `views`:
  ///     `[B, E]`, or with `layers` `[B, E + E · layers]`, the last layer's first
  ///   - labels: those of the B rows
  ///   - weights: its own, as they are now
  func callAsFunction(
    _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
  ) -> LossValue
}

extension Loss {
  package static var shortNames: [String] { [] }
  package static var kind: ModelKind { .dense }
  package var weights: [(name: String, value: Tensor)] { [] }
  package var layers: [Int] { [] }
  package func drawn(_ draw: Int) -> any Loss { self }
  package func scheduled(step: Int, of steps: Int) -> any Loss { self }
  package var similarity: Similarity? { nil }
}

/// What a loss may have to know of the model and the data before the first step.
package struct LossContext: Sendable {
  /// What the model is.
  package let kind: ModelKind
  /// E, the numbers of a text's vector, or the labels of a pair.
  package let width: Int
  /// The classes of the labels; 0 where labels are none.
  package let classes: Int
  /// The layers of the network; 0 where it has none.
  package let layers: Int
  /// From which a loss' own weights are drawn, and what a batch learns.
  package let seed: Int

  package init(
    kind: ModelKind = .dense, width: Int, classes: Int, layers: Int = 0, seed: Int
  ) {
    (self.kind, self.width, self.classes) = (kind, width, classes)
    (self.layers, self.seed) = (layers, seed)
  }
}

/// A loss and its derivatives.
package struct LossValue: Sendable {
  package var value: Double
  /// By each column's vectors: `[B, E]` each.
  package var columns: [Tensor]
  /// By the loss' own weights.
  package var weights: [String: Tensor] = [:]
  /// What the value is the sum of, by sentence-transformers' names; empty where it is of one part.
  package var parts: [(name: String, value: Double)] = []

  package init(value: Double, columns: [Tensor], weights: [String: Tensor] = [:]) {
    (self.value, self.columns, self.weights) = (value, columns, weights)
  }
}

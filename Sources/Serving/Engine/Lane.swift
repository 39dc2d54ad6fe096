import Embeddings

/// A way of texts through a model. Texts of one lane go through it together, whoever asked for them.
struct Lane: Sendable {
  /// Equal for equal ways.
  let id: Int
  let model: TextModel
  let route: Route
  /// Whether vectors keep all numbers: those of chunks, of which a mean is made.
  let isWhole: Bool

  /// The numbers that a text's row has.
  var width: Int { isWhole ? route.kind.width : model.columns(of: route) }
}

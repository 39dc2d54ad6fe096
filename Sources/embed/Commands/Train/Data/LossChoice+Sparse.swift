import Embeddings
import ModelFiles
import Training

extension LossChoice {
  /// The loss as a sparse model is trained with it: what does not make vectors sparse is inside a
  /// SpladeLoss, whose own parameters are beside those of the loss inside.
  /// - Parameters:
  ///   - place: what messages begin with
  ///   - standard: the loss inside where none is named
  func regularized(_ place: String, standard: () throws -> String) throws -> LossChoice {
    let isSplade = parameters.contains { $0.name == "loss" }
    let named = try name ?? (isSplade ? SpladeLoss.name : standard())
    switch try Losses.type(JSON(.string(named), name: place), of: .sparse) {
    case is FlopsLoss.Type:
      throw FileError(
        "\(place): \(FlopsLoss.name) makes vectors sparse and teaches nothing else; name \(SpladeLoss.name), "
          + "which has it beside another loss")
    case let type as any SparseLoss.Type where !type.standsAlone:
      var splade = self
      let inner = parameters.filter { !SpladeLoss.ownParameters.contains($0.name) }
      splade.name = SpladeLoss.name
      splade.parameters = parameters.filter { SpladeLoss.ownParameters.contains($0.name) }
      splade.set([("loss", Self.object(type.name, inner))])
      return splade
    case is any SparseLoss.Type: return self
    default:
      var splade = self
      splade.name = named
      guard !isSplade else { return splade }
      splade.parameters.insert(("loss", Self.object(try standard(), [])), at: 0)
      return splade
    }
  }

  private static func object(
    _ name: String, _ parameters: [(name: String, value: JSONValue)]
  ) -> JSONValue {
    .object([("name", .string(name))] + parameters.map { ($0.name, $0.value) })
  }
}

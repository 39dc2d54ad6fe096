package import ModelFiles

/// Another loss over the vectors that lower layers would give too, so that a network may be cut to
/// its first layers (Li et al., 2024).
package struct AdaptiveLayerLoss: LayeredLoss {
  package static let name = "AdaptiveLayerLoss"
  var layered: LayeredPass

  package init(_ options: JSON, _ context: LossContext) throws {
    let inner = try Losses.make(options.value("loss"), context)
    layered = try LayeredPass(options, context, inner, Self.name)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    [("loss", layered.inner.parameter)] + layered.parameters
  }
}

package import ModelFiles

/// MatryoshkaLoss over the vectors that lower layers would give too, so that both a network and its
/// vectors may be cut (Li et al., 2024). Of widths too it draws some for each batch.
package struct Matryoshka2dLoss: LayeredLoss {
  package static let name = "Matryoshka2dLoss"
  var layered: LayeredPass

  package init(_ options: JSON, _ context: LossContext) throws {
    layered = try LayeredPass(
      options, context, MatryoshkaLoss(options, context, drawn: 1), Self.name)
  }

  package var parameters: [(name: String, value: JSONValue)] {
    let widths = layered.inner.parameters
    return Array(widths.prefix(1)) + layered.parameters + Array(widths.dropFirst())
  }
}

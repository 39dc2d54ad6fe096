import Encoders
import ModelFiles
import Tensors

/// Every token's vector but the first's through a linear layer: bge-m3's late interaction, which
/// leaves out the token that its dense vector is made of.
struct TokenProjection: FeatureModule {
  private let layer: Linear
  let info: ModuleInfo

  static let hasWeights = true

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "TokenProjection")
    let weights = try source.weights
    guard let bias = try weights.vector(ofAnySize: "bias") else {
      throw FileError("\(source.path): the head of late interaction has no `bias`")
    }
    let outputs = bias.count
    layer = Linear(weight: try weights.matrix("weight", outputs, width), bias: bias)
    info = ModuleInfo(
      summary: "TokenProjection: with bias, without the first token",
      output: .tokens(outputs, vocabulary: input.vocabulary),
      products: [ProductShape(outputs: outputs, inputs: width)])
  }

  func callAsFunction(_ features: Features) -> Features {
    let firsts = Set((0..<features.layout.count).compactMap { features.layout[$0].first })
    var features = features.keeping { !firsts.contains($0) }
    if features.tokenEmbeddings.rows > 0 {
      features.tokenEmbeddings = layer(features.tokenEmbeddings)
    } else {
      features.tokenEmbeddings = Tensor([0, info.output.width], [])
    }
    return features
  }
}

import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// The way back through every module, to each tensor of its files.
@Suite struct TrainableTests {
  private static let texts = [
    "a man is eating food", "the girl", "", "one two three, four five six",
  ]

  /// Tensors of which a text's vector is not made.
  private static let unused: [String: [String]] = [
    "weighted-layer-pooling-idle": ["layer_weights", "pooler"]
  ]

  /// Models that have no numbers that could change, or a Router.
  private static let fixed = ["bow", "bow-once", "asym", "router"]

  @Test(arguments: Fixture.pipelines)
  func everyTensorHasItsDerivative(_ name: String) throws {
    let start = try TextModel(folder: Fixture.path("pipelines/\(name)"), options: .init())
    guard !Self.fixed.contains(name) else {
      #expect(throws: FileError.self) { _ = try TrainableModel(start) }
      return
    }
    let model = try TrainableModel(start)
    let route = try start.route(prompt: "")
    let texts = try Self.texts.map { try route.encoding(of: Array($0.utf8)) }
    let tensors = try start.source.tensors()
    let parameters = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
    let unused = Set(parameters.keys).subtracting(model.names)
    let expected = Self.unused[name, default: ["pooler", "position_ids"]]
    for tensor in unused {
      #expect(expected.contains { tensor.contains($0) }, "\(tensor) is not reached")
    }
    try DirectionalDerivatives(of: parameters) { parameters in
      try model.network(parameters).vectors(
        of: texts, promptLength: 0,
        TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(texts.indices)))
    }.check { unused.contains($0) }
  }
}

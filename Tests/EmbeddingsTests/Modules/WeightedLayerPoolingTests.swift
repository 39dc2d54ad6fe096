import TestSupport
import Testing
import Vectors

@testable import Embeddings

@Suite struct WeightedLayerPoolingTests {
  /// As in sentence-transformers, the layers stay for a second one.
  @Test func aSecondTakesTheMeanOfTheSameLayers() throws {
    let one = Fixture.path("pipelines/weighted-layer-pooling")
    let two = try ScratchFolder(copyOf: one)
    let list = [
      ("", "Transformer"), ("1_WeightedLayerPooling", "WeightedLayerPooling"),
      ("1_WeightedLayerPooling", "WeightedLayerPooling"), ("2_Pooling", "Pooling"),
    ].map { #"{"path":"\#($0)","type":"sentence_transformers.models.\#($1)"}"# }
    try two.write("modules.json", "[\(list.joined(separator: ","))]")
    let texts = ["The cat sat on the mat.", ""]
    let (found, expected) = try (
      Embedder(folder: two.path).embed(texts), Embedder(folder: one).embed(texts)
    )
    for row in texts.indices { #expect(found[row] == expected[row]) }
  }
}

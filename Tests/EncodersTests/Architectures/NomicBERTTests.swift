import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders

@Suite struct NomicBERTTests {
  /// transformers 5 writes its own configuration beside the first names of the weights.
  @Test(arguments: [(6, nil), (8, "[72, 24], should be [96, 24]")] as [(Int, String?)])
  func heldAgainstTheFirstNamesIsASizeOfHeadsOfItsOwn(size: Int, found: String?) throws {
    let text = String(
      decoding: try readFile(Fixture.path("encoders/nomic-bert/config.json"), limit: 1 << 16),
      as: UTF8.self
    ).replacingOccurrences(of: "\"head_dim\": 6", with: "\"head_dim\": \(size)")
    let config = try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
    let folder = Fixture.path("encoders/nomic-bert-hub")
    func encoder() throws -> Encoder {
      try Architectures.encoder(config, Weights(TensorFile(folder: folder)))
    }
    guard let found else {
      #expect(throws: Never.self) { try encoder() }
      return
    }
    let error = try #require(throws: FileError.self) { try encoder() }
    #expect(
      error.description
        == "\(folder)/model.safetensors: tensor `encoder.layers.0.attn.Wqkv.weight` is \(found) by "
        + "config.json")
  }
}

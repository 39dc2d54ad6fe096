import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// A model of a few thousand bytes, cut off at every byte and with every byte changed.
@Suite struct DamagedModelTests {
  private static let source = Fixture.path("smallest")
  static let files = [
    "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/pytorch_model.bin", "config.json",
    "model.safetensors", "modules.json", "sentence_bert_config.json", "tokenizer.json",
    "tokenizer_config.json",
  ]

  @Test func itsVectorsAreTheReferences() throws {
    let model = try Embedder(folder: Self.source)
    for row in try Fixture.lines(Self.source + "/golden.jsonl") {
      let vector = try model.embed([row.string("text")])[0]
      try expectClose(vector, row.floats("embedding"), tolerance: 1e-6)
    }
  }

  @Test(arguments: files) func everyDamageEndsInAnErrorOrInFiniteVectors(_ file: String) throws {
    let bytes = try ScratchFolder.bytes(of: "\(Self.source)/\(file)")
    let copy = try ScratchFolder(copyOf: Self.source)
    var outcomes = (refused: 0, embedded: 0)
    func tryOut(_ damaged: some Sequence<UInt8>, _ damage: String) throws {
      try copy.write(file, damaged)
      do {
        let vectors = try Embedder(folder: copy.path).embed(["ab c", ""])
        #expect(vectors.isFinite(row: 0) && vectors.isFinite(row: 1), "\(file), \(damage)")
        outcomes.embedded += 1
      } catch let error as FileError {
        #expect(!error.description.isEmpty, "\(file), \(damage)")
        outcomes.refused += 1
      }
    }
    for end in bytes.indices { try tryOut(bytes[..<end], "cut at \(end)") }
    for index in bytes.indices {
      var damaged = bytes
      // One bit of an even byte, all bits of an odd one.
      damaged[index] ^= index % 2 == 0 ? 1 << UInt8(index / 2 % 8) : 0xFF
      try tryOut(damaged, "byte \(index) is \(damaged[index])")
    }
    #expect(outcomes.refused > bytes.count / 2)
  }
}

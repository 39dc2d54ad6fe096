import Foundation
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

  /// A copy of the model, gone with the value.
  private final class Copy {
    let folder: String

    init() throws {
      let place = FileManager.default.temporaryDirectory
        .appendingPathComponent("embed-damaged-\(UUID().uuidString)")
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: DamagedModelTests.source), to: place)
      folder = place.path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Gives a file other bytes: a new file, so that a map of the old one stays as it is.
    func replace(_ file: String, _ bytes: some Sequence<UInt8>) throws {
      let place = URL(fileURLWithPath: "\(folder)/\(file)")
      try FileManager.default.removeItem(at: place)
      try Data(bytes).write(to: place)
    }
  }

  @Test func itsVectorsAreTheReferences() throws {
    let model = try Embedder(folder: Self.source)
    for row in try Fixture.lines(Self.source + "/golden.jsonl") {
      let vector = try model.embed([row.string("text")])[0]
      try expectClose(vector, row.floats("embedding"), tolerance: 1e-6)
    }
  }

  @Test(arguments: files) func everyDamageEndsInAnErrorOrInFiniteVectors(_ file: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.source)/\(file)")))
    let copy = try Copy()
    var outcomes = (refused: 0, embedded: 0)
    func tryOut(_ damaged: some Sequence<UInt8>, _ damage: String) throws {
      try copy.replace(file, damaged)
      do {
        let vectors = try Embedder(folder: copy.folder).embed(["ab c", ""])
        #expect(vectors.isFinite(row: 0) && vectors.isFinite(row: 1), "\(file), \(damage)")
        outcomes.embedded += 1
      } catch let error as FileError {
        #expect(!error.description.isEmpty, "\(file), \(damage)")
        outcomes.refused += 1
      }
    }
    for end in bytes.indices { try tryOut(bytes[..<end], "cut at \(end)") }
    for place in bytes.indices {
      var damaged = bytes
      // One bit here, all of them there.
      damaged[place] ^= place % 2 == 0 ? 1 << UInt8(place / 2 % 8) : 0xFF
      try tryOut(damaged, "byte \(place) is \(damaged[place])")
    }
    #expect(outcomes.refused > bytes.count / 2)
  }
}

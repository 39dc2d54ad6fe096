import Foundation
import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// CLIP's texts beyond what `RecordedVectorsTests` compares.
@Suite struct CLIPTextTests {
  private static let path = Fixture.path("pipelines/clip")

  @Test func withoutModulesItIsTheSame() throws {
    let folder = try ScratchFolder(copyOf: Self.path)
    try folder.remove("modules.json")
    try folder.remove("sentence_bert_config.json")
    let texts = ["the cat on the river", "", "ÉÉ 12"]
    let (bare, listed) = try (
      Embedder(folder: folder.path), Embedder(folder: Self.path)
    )
    let (found, right) = try (bare.embed(texts), listed.embed(texts))
    for row in texts.indices { #expect(Array(found[row]) == Array(right[row])) }
    let error = #expect(throws: FileError.self) {
      var options = EmbedderOptions()
      options.pooling = "mean"
      _ = try Embedder(folder: folder.path, options: options)
    }
    #expect(error?.description.contains("pools nothing") == true)
  }

  @Test(arguments: [
    ("get_text_features", "forward", "`method` is \"forward\""),
    ("\"sentence_embedding\"", "\"token_embeddings\"", "`module_output_name`"),
  ])
  func otherOutputsOfItAreRefused(_ old: String, _ new: String, _ words: String) throws {
    let folder = try ScratchFolder(copyOf: Self.path)
    let name = "sentence_bert_config.json"
    let text = try String(contentsOfFile: folder.file(name), encoding: .utf8)
    try folder.write(name, text.replacing(old, with: new))
    let error = #expect(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// Its text model alone is a network like others, whose tokens' mean is taken.
  @Test func theTextModelAloneNeedsNoProjection() throws {
    let folder = try ScratchFolder(copyOf: Self.path)
    for name in ["modules.json", "sentence_bert_config.json"] { try folder.remove(name) }
    let config = try JSON(file: folder.file("config.json")).value("text_config")
    try folder.write("config.json", String(decoding: JSONValue(config).bytes, as: UTF8.self))
    let model = try Embedder(folder: folder.path)
    #expect(model.dimension == 24)
  }

  @Test func withoutItsProjectionItIsRefused() throws {
    let folder = try ScratchFolder(copyOf: Self.path)
    let file = try TensorFile(folder: folder.path)
    let copy = try NewFolder(folder.file("new"))
    try copy.writeSafetensors(
      "model.safetensors",
      file.names.filter { $0 != "text_projection.weight" }.compactMap { file[$0] }.map { raw in
        NewTensor(raw.name, raw.type, raw.shape) { append in try raw.withBytes(append) }
      })
    try copy.finish()
    try FileManager.default.removeItem(atPath: folder.file("model.safetensors"))
    try FileManager.default.moveItem(
      atPath: folder.file("new/model.safetensors"), toPath: folder.file("model.safetensors"))
    let error = #expect(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error?.description.contains("have no matrix `text_projection.weight`") == true)
  }
}

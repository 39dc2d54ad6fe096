import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// A tiny jina-embeddings-v3 as it is published, against what transformers makes of its weights with each
/// task's adapter added (see `jina_tasks.py`).
@Suite struct TaskAdaptersTests {
  private static let path = Fixture.path("tasks/jina-v3")

  private func embedder(_ task: String?, _ path: String = path) throws -> Embedder {
    var options = EmbedderOptions()
    options.task = task
    return try Embedder(folder: path, options: options)
  }

  @Test(arguments: [nil, "retrieval.query", "retrieval.passage", "text-matching"])
  func aTaskChangesTheVectors(_ task: String?) throws {
    let model = try embedder(task)
    let route = try model.model.route(prompt: "")
    let rows = try Fixture.lines(Self.path + "/golden.jsonl").filter {
      try task == $0.present("task")?.string()
    }
    #expect(rows.count == 8)
    for row in rows {
      let encoding = try route.encoding(of: Array(row.string("text").utf8))
      #expect(try encoding.ids == row.ints("ids"))
      try expectClose(
        model.vectors(of: [encoding], by: route)[0], row.floats("embedding"), tolerance: 3e-6)
    }
  }

  @Test(arguments: [
    (path, "retrieval", "there are some for retrieval.query, retrieval.passage, text-matching"),
    (Fixture.tinyBERT, "retrieval.query", "names none (`lora_adaptations`); leave out --task"),
  ])
  func aTaskWithoutAnAdapterIsRefused(_ path: String, _ task: String, _ words: String) throws {
    let error = #expect(throws: FileError.self) { try embedder(task, path) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    (#""lora_rank":4"#, #""lora_rank":5"#, "should be [3, 1, 5] by config.json"),
    (#""lora_rank":4"#, #""lora_rank":0"#, "`lora_rank` should be between 1"),
    (#""lora_alpha":6"#, #""lora_alpha":1e300"#, "`lora_alpha` is 1e+300"),
    (#""text-matching"],"#, #""text-matching","more"],"#, "should be [4, "),
    (#""lora_adaptations":["#, #""other":["#, "has no `lora_adaptations`"),
  ])
  func settingsThatTheWeightsAreNotOfAreRefused(
    _ old: String, _ new: String, _ words: String
  ) throws {
    let model = try ScratchFolder(copyOf: Self.path)
    try model.write(
      "modules.json",
      String(contentsOfFile: model.file("modules.json"), encoding: .utf8)
        .replacing("custom_st.Transformer", with: "sentence_transformers.models.Transformer"))
    let config = try String(contentsOfFile: model.file("config.json"), encoding: .utf8)
    let packed = config.filter { !$0.isWhitespace }
    #expect(packed.contains(old), "\(packed)")
    try model.write("config.json", packed.replacing(old, with: new))
    let isNamed = new.contains("other")
    let error = #expect(throws: FileError.self) {
      try embedder(isNamed ? nil : "retrieval.query", model.path)
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func anEmptyMatrixIsRefused() throws {
    let (weights, model) = try (TensorFile(folder: Self.path), ScratchFolder(copyOf: Self.path))
    let emptied = try #require(weights.names.first { $0.hasSuffix(".original") })
    let folder = try NewFolder(model.file("new"))
    try folder.writeSafetensors(
      "model.safetensors",
      weights.names.compactMap { weights[$0] }.map { raw in
        raw.name == emptied
          ? NewTensor(raw.name, raw.type, [0, raw.shape[1]]) { _ in }
          : NewTensor(raw.name, raw.type, raw.shape) { append in try raw.withBytes(append) }
      })
    try folder.finish()
    try FileManager.default.removeItem(atPath: model.file("model.safetensors"))
    try FileManager.default.moveItem(
      atPath: model.file("new/model.safetensors"), toPath: model.file("model.safetensors"))
    let error = #expect(throws: FileError.self) { try embedder("retrieval.query", model.path) }
    #expect(
      error?.description.contains("tensor `\(emptied)` should be a matrix or a table") == true,
      "\(error?.description ?? "")")
  }

  @Test func itIsNotCopied() throws {
    let scratch = try ScratchFolder()
    let error = #expect(throws: FileError.self) {
      try ModelConversion(of: ModelFolder(Self.path), to: scratch.file("copy"))
    }
    #expect(error?.description.contains("such are read, not written") == true)
  }
}

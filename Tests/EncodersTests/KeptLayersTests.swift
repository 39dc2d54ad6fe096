import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite struct KeptLayersTests {
  /// The network of some layers, from files that have these alone.
  private func encoder(_ kept: KeptLayers, of recorded: RecordedEncoder) throws -> Encoder {
    let scratch = try ScratchFolder()
    let (file, folder) = try (recorded.file, NewFolder(scratch.file("kept")))
    let tensors = file.names.compactMap { file[$0] }.compactMap { raw in
      kept.name(of: raw.name).map { name in
        NewTensor(name, raw.type, raw.shape) { append in try raw.withBytes(append) }
      }
    }
    try folder.writeSafetensors("model.safetensors", tensors)
    try folder.finish()
    let config = try ModelConfig(recorded.config.json.replacing(kept.changes))
    return try Architectures.encoder(config, Weights(TensorFile(folder: scratch.file("kept"))))
  }

  @Test(arguments: RecordedEncoder.all)
  func theOthersComputeWhatTheyDid(_ recorded: RecordedEncoder) throws {
    let (whole, config) = try (recorded.encoder(), recorded.config)
    // Their layers share weights.
    let type = try config.json.string("model_type")
    guard !["albert", "embedding_gemma2_text"].contains(type) else { return }
    let layers = [0, whole.depth - 1]
    guard layers[0] < layers[1] else { return }
    let few = try encoder(KeptLayers(layers, of: config, depth: whole.depth), of: recorded)
    let batch = TokenBatch(try recorded.sequences(), hasSegments: try recorded.hasSegments)
    let x = layers.reduce(whole.embeddings(batch)) { whole.layers[$1]($0, batch) }
    #expect(few.depth == 2)
    #expect(few(batch).elements == whole.finish(x, batch).elements)
  }

  private func config(_ text: String) throws -> ModelConfig {
    try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
  }

  private static let bert = #"{"model_type":"bert","num_hidden_layers":4}"#

  @Test(
    arguments: [
      ([0, 2], #"{"model_type":"albert","num_hidden_layers":4}"#, "they share their weights"),
      (
        [0, 2], #"{"model_type":"embedding_gemma2_text","num_hidden_layers":4}"#,
        "one matrix has a part for each"
      ),
      ([1], #"{"model_type":"t5","num_layers":4}"#, "layer 0 of `t5` has to be kept"),
      ([1, 2], #"{"model_type":"modernbert","num_hidden_layers":4}"#, "without a norm before"),
      ([0, 4], Self.bert, "layer 4 should be kept, but the network has layers 0 to 3"),
      ([-1, 2], Self.bert, "layer -1 should be kept"),
      ([2, 1], Self.bert, "should be numbers that rise, of layers 0 to 3; found 2, 1"),
      ([1, 1], Self.bert, "found 1, 1"), ([], Self.bert, "numbers that rise"),
    ] as [([Int], String, String)])
  func whatCannotBeKeptIsSaid(layers: [Int], text: String, message: String) throws {
    let error = #expect(throws: FileError.self) {
      try KeptLayers(layers, of: config(text), depth: 4)
    }
    let found = error?.description ?? ""
    #expect(found.contains(message), "\(found)")
  }

  @Test(
    arguments: [
      ("bert.encoder.layer.2.output.dense.weight", "bert.encoder.layer.1.output.dense.weight"),
      ("encoder.layer.1.output.dense.weight", nil), ("encoder.layer.9.x", nil),
      ("embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"),
      ("encoder.rel_embeddings.weight", "encoder.rel_embeddings.weight"),
      ("model.layers.2.mlp.Wo.weight", "model.layers.1.mlp.Wo.weight"),
      ("encoder.layer.2.attention.layer.7", "encoder.layer.1.attention.layer.7"),
    ] as [(String, String?)])
  func tensorsHaveNewNumbers(name: String, expected: String?) throws {
    let kept = try KeptLayers([0, 2], of: config(Self.bert), depth: 4)
    #expect(kept.name(of: name) == expected)
  }

  // Layers 0 and 3 see the whole text.
  @Test(
    arguments: [
      ([0, 1, 2], "", nil), ([0, 3], "", "full_attention full_attention"),
      ([0, 2], "", nil),
      (
        [0, 1],
        #","layer_types":["full_attention","sliding_attention","full_attention","full_attention"]"#,
        "full_attention sliding_attention"
      ),
    ] as [([Int], String, String?)])
  func howFarALayerSeesIsWrittenWhereItsNumberDoesNotSayIt(
    layers: [Int], more: String, expected: String?
  ) throws {
    let kept = try KeptLayers(
      layers, of: config(#"{"model_type":"modernbert","num_hidden_layers":4\#(more)}"#), depth: 4)
    let changed = try JSON(.object(kept.changes), name: "")
    #expect(try changed.int("num_hidden_layers") == layers.count)
    let kinds = try changed.present("layer_types")?.elements.map { try $0.string() }
    #expect(kinds?.joined(separator: " ") == expected)
  }
}

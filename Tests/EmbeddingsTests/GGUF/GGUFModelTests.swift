import Encoders
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// GGUF files that the `gguf` package 0.19 wrote of models here, against these.
@Suite struct GGUFModelTests {
  private static func path(_ name: String) -> String { Fixture.path("gguf/\(name).gguf") }

  /// Networks, and the folder of Tests/Fixtures/encoders that each was made of, with the share of the
  /// largest number by which they may be off.
  @Test(arguments: [
    ("xlm-roberta", 2e-5), ("nomic-bert-hub", 2e-5), ("jina-bert-v2", 2e-5), ("jina-v3", 2e-5),
    ("qwen3", 2e-5), ("gemma3", 2e-5),
  ])
  func networksComputeWhatTheReferenceDoes(_ name: String, _ tolerance: Float) throws {
    let model = try GGUFModel(Self.path(name))
    let config = try JSON(
      .object(model.architecture.configuration(model.file)), name: "config.json")
    let encoder = try Architectures.encoder(ModelConfig(config), model.weights(of: ""))
    let recorded = Fixture.path("encoders/\(name)")
    let sequences = try JSON(file: recorded + "/hidden.json").array("sequences").elements.map {
      (
        ids: try $0.array("ids").elements.map { Int32(try $0.int()) },
        segments: try $0.array("segments").elements.map { Int32(try $0.int()) }
      )
    }
    let hidden = try TensorFile(safetensors: recorded + "/hidden.safetensors")
    // RoBERTa does not count padding as a position; a text has none.
    let padding: Int32? = name == "xlm-roberta" ? 1 : nil
    for (index, sequence) in sequences.enumerated()
    where padding.map({ !sequence.ids.contains($0) }) ?? true {
      let output = encoder(TokenBatch([sequence]))
      let raw = try #require(
        hidden["\(index).output"] ?? hidden["\(index).hidden.\(encoder.depth)"])
      let expected = try Weights(hidden).array(raw.name, raw.shape).elements
      let found = output.elements.prefix(expected.count)
      let size = max(1, expected.map(\.magnitude).max() ?? 0)
      let worst = zip(found, expected).map { ($0 - $1).magnitude / size }.max() ?? .nan
      #expect(worst <= tolerance, "sequence \(index): \(worst)")
    }
  }

  /// The experts' bias is not in such files: that of the directory is set to zero.
  @Test func expertsAreThoseOfTheDirectory() throws {
    let model = try GGUFModel(Self.path("nomic-bert-experts"))
    let config = try JSON(
      .object(model.architecture.configuration(model.file)), name: "config.json")
    let file = try TensorFile(folder: Fixture.path("encoders/nomic-bert-experts"))
    var zeros: [String: Tensor] = [:]
    for name in file.names where name.hasSuffix("experts.bias") {
      zeros[name] = .zeros(file[name]?.shape ?? [])
    }
    let found = try Architectures.encoder(ModelConfig(config), model.weights(of: ""))
    let expected = try Architectures.encoder(
      ModelConfig(JSON(file: Fixture.path("encoders/nomic-bert-experts/config.json"))),
      Weights(file, parameters: zeros))
    let batch = TokenBatch([(ids: [7, 3, 20, 11, 2], segments: [0, 0, 0, 0, 0])])
    #expect(!zeros.isEmpty)
    let apart = zip(found(batch).elements, expected(batch).elements).map { ($0 - $1).magnitude }
    #expect(apart.max() ?? .nan <= 1e-5)
  }

  private static let texts = [
    "", "the cat sat", "A café, naïve façade — 1984!", "  two  spaces ", "where is the river?",
    "서울은 한국의 수도입니다.", "d'été, l'hiver", "<s>x</s> [SEP] <|endoftext|>y", "ﬁne ½ Å",
  ]

  @Test(arguments: [
    ("bert-tiny", Fixture.tinyBERT), ("ce_xlm_roberta", Fixture.path("kinds/ce_xlm_roberta")),
    ("ce_qwen3_seqcls", Fixture.path("kinds/ce_qwen3_seqcls")),
  ])
  func tokensAreThoseOfTheDirectory(_ name: String, _ directory: String) throws {
    let made = try ModelTokenizer(model: ModelFolder(Self.path(name)))
    var options = EmbedderOptions()
    options.kind = name == "bert-tiny" ? .dense : .rerank
    let own = try ModelTokenizer(model: ModelFolder(directory), options: options)
    // That directory's own rules for ligatures and white space are none that a GGUF file can say.
    let texts =
      name == "ce_xlm_roberta"
      ? Self.texts.filter { !$0.contains("ﬁ") && !$0.contains("  ") } : Self.texts
    for text in texts {
      let found = try made.encoding(of: Array(text.utf8), limit: nil).ids
      var expected = try own.encoding(of: Array(text.utf8), limit: nil).ids
      // The reranker adds nothing to a text; the file says that one ends with it.
      if name == "ce_qwen3_seqcls" { expected += found.suffix(1) }
      #expect(found == expected, "\(text)")
    }
  }

  @Test(arguments: [("bert-tiny", 1e-6), ("bert-tiny-q8", 0.05)])
  func vectorsAreThoseOfTheDirectory(_ name: String, _ tolerance: Float) throws {
    let made = try Embedder(folder: Self.path(name))
    let own = try Embedder(folder: Fixture.tinyBERT)
    let (found, expected) = try (made.embed(Self.texts), own.embed(Self.texts))
    var worst: Float = 0
    for row in Self.texts.indices {
      func numbers(_ matrix: Matrix) -> [Float] { matrix.withRow(row) { Array($0) } }
      worst = max(
        worst, zip(numbers(found), numbers(expected)).map { ($0 - $1).magnitude }.max() ?? .nan)
    }
    #expect(worst <= tolerance && (tolerance < 1e-3 || worst > 0))
  }

  @Test func filesOfOtherNetworksAreNamed() throws {
    let bytes = try ScratchFolder.bytes(of: Self.path("xlm-roberta"))
    func changed(_ text: String, _ other: String) throws -> String? {
      var bytes = bytes
      let wanted = Array(text.utf8)
      let place = try #require(bytes.firstRange(of: wanted))
      bytes.replaceSubrange(place, with: Array(other.utf8))
      let folder = try ScratchFolder()
      let path = try folder.write("m.gguf", bytes)
      let error = #expect(throws: FileError.self) { try Embedder(folder: path) }
      return error?.description
    }
    #expect(
      try changed("token_embd.weight", "token_embx.weight")?.contains("token_embx.weight") == true)
    #expect(
      try changed("general.architecture", "general.architecturx")?.contains("is missing") == true)
    #expect(
      try changed("bert.embedding_length", "bert.embedding_lengtx")?.contains("is missing") == true)
    #expect(
      try changed("tokenizer.ggml.model", "tokenizer.ggml.modex")?.contains("is missing") == true)
  }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders

/// A head that is not there, or not as config.json says, is refused with the reason.
@Suite struct RefusedHeadsTests {
  /// A recorded model, a text of its config.json and what stands in its place, and the message.
  private static let cases: [(model: String, old: String, new: String, message: String)] = [
    (
      "xlm-roberta", #"{"0":"LABEL_0"}"#, #"{"0":"no","1":"yes"}"#,
      "config.json: `id2label` has 2 labels, but FOLDER/model.safetensors: tensor "
        + "`classifier.out_proj.weight` has 1 rows, one a label; correct `id2label`"
    ),
    (
      "mpnet", "\"vocab_size\"", "\"num_labels\":3,\"vocab_size\"",
      "config.json: `num_labels` has 3 labels, but FOLDER/model.safetensors: tensor "
        + "`classifier.out_proj.weight` has 2 rows, one a label; correct `id2label`"
    ),
    (
      "bert", #""id2label""#, #""id2labels""#,
      "config.json: without `id2label` and `num_labels` there are 2 labels, but "
        + "FOLDER/model.safetensors: tensor `classifier.weight` has 1 rows, one a label; correct "
        + "`id2label`"
    ),
    (
      "bert", #"{"0":"LABEL_0"}"#, "{}",
      "config.json: `id2label` is empty, should name the labels"
    ),
    (
      "modernbert", #""classifier_pooling":"cls""#, #""classifier_pooling":"max""#,
      "config.json: `classifier_pooling` is `max`, should be `cls` or `mean`"
    ),
    (
      "xlnet-mean", #""summary_type":"mean""#, #""summary_type":"attn""#,
      "config.json: `summary_type` is `attn`, which is not computed; computed are cls_index, "
        + "first, last, mean"
    ),
    (
      "deberta", #""pooler_hidden_size":24"#, #""pooler_hidden_size":12"#,
      "config.json: `pooler_hidden_size` is 12, should be `hidden_size`, 24"
    ),
    (
      "masked-bert", #""vocab_size":50"#, #""vocab_size":49"#,
      "FOLDER/model.safetensors: tensor `bert.embeddings.word_embeddings.weight` is [50, 24], "
        + "should be [49, 24] by config.json"
    ),
    (
      "masked-bert", #""vocab_size":50"#, #""tie_word_embeddings":false,"vocab_size":50"#,
      "FOLDER/model.safetensors: no tensor `cls.predictions.decoder.weight`, which config.json's "
        + "model_type needs with the shape [50, 24]; " + ClassificationHeads.random
    ),
    (
      "masked-deberta-v2", #""legacy":false"#, #""legacy":true"#,
      "FOLDER/model.safetensors: no tensor `cls.predictions.transform.dense.weight`, which "
        + "config.json's model_type needs with the shape [24, 24]; " + ClassificationHeads.random
    ),
    (
      "causal-gemma3", #""final_logit_softcapping":5.0"#, #""final_logit_softcapping":0"#,
      "config.json: `final_logit_softcapping` is 0.0, should be above 0"
    ),
  ]

  private func error(
    _ name: String, in folder: String, _ config: ModelConfig
  ) throws -> FileError? {
    let weights = try Weights(TensorFile(folder: folder))
    return #expect(throws: FileError.self) {
      switch RecordedHead(name: name).kind {
      case .labels: _ = try ClassificationHeads.head(config, weights)
      case .masked: _ = try VocabularyHeads.masked(config, weights)
      case .causal: _ = try VocabularyHeads.causal(config, weights)
      }
    }
  }

  @Test(arguments: cases.indices) func whatDoesNotFitIsRefused(_ number: Int) throws {
    let (name, old, new, message) = Self.cases[number]
    let folder = RecordedHead(name: name).folder
    // Without the spaces and lines of the file.
    let text = try String(contentsOfFile: folder + "/config.json", encoding: .utf8)
      .replacingOccurrences(of: #"\s*\n\s*"#, with: "", options: .regularExpression)
      .replacingOccurrences(of: "\": ", with: "\":")
    let changed = text.replacingOccurrences(of: old, with: new)
    try #require(changed != text)
    let config = try ModelConfig(JSON(Array(changed.utf8), name: "config.json"))
    let found = try error(name, in: folder, config)
    #expect(found?.description == message.replacingOccurrences(of: "FOLDER", with: folder))
  }

  /// A network whose head nobody saved.
  @Test(
    arguments: [
      ("roberta", "classifier.dense.weight"), ("masked-roberta", "lm_head.dense.weight"),
    ])
  func whatWouldBeMadeUpIsRefused(_ name: String, _ tensor: String) throws {
    let config = try RecordedHead(name: name).config
    let error = try error(name, in: Fixture.path("encoders/roberta"), config)
    #expect(error?.description.contains("no tensor `\(tensor)`") == true)
    #expect(error?.description.hasSuffix(ClassificationHeads.random) == true)
  }

  @Test func networksWithoutSuchHeadsAreRefused() throws {
    let t5 = try RecordedEncoder(name: "t5").config
    let weights = try Weights(RecordedEncoder(name: "t5").file)
    for load in [
      { _ = try ClassificationHeads.head(t5, weights) },
      { _ = try VocabularyHeads.masked(t5, weights) },
      { _ = try VocabularyHeads.causal(t5, weights) },
    ] {
      let error = try #require(throws: FileError.self) { try load() }
      #expect(error.description.contains("is not computed for model_type `t5`; it is for "))
    }
  }
}

@Suite struct HeadRegistryTests {
  /// A family of heads is a file, a line of one registry at least, and recorded models.
  @Test func everyFamilyHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Encoders/Heads"
    let registries: Set = ["ClassificationHeads.swift", "VocabularyHeads.swift", "NewHeads.swift"]
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix("Heads.swift") && !registries.contains($0) }
    let types =
      ClassificationHeads.known.values.map { "\($0).swift" }
      + VocabularyHeads.known.values.map { "\($0).swift" }
    #expect(Set(files) == Set(types))
  }

  @Test func everyModelTypeIsRecorded() throws {
    func types(_ kind: RecordedHead.Kind) throws -> Set<String> {
      Set(
        try RecordedHead.all.filter { $0.kind == kind }.map {
          try $0.config.json.string("model_type")
        })
    }
    // FlauBERT's are XLM's.
    #expect(try types(.labels).union(["flaubert"]) == Set(ClassificationHeads.known.keys))
    #expect(try types(.masked) == Set(VocabularyHeads.known.keys))
    #expect(try types(.causal) == VocabularyHeads.knownCausal)
  }
}

import Glibc
import ModelFiles
import TestSupport
import Testing

/// SPLADE models that are trained by the command: what they are made of, what is written, what is refused.
@Suite struct TrainSparseTests {
  private let scratch: ScratchFolder
  private var output: String { scratch.file("out") }
  private static let bare = Fixture.path("kinds/sp_bert_bare")
  private static let whole = Fixture.path("kinds/sp_bert")
  private static let triplets = Fixture.path("training/runs/splade_margin_mse/data.jsonl")

  init() throws {
    scratch = try ScratchFolder()
    let pairs = (0..<32).map { "the cat \($0),a dog \(31 - $0),0.\($0 % 10)\n" }.joined()
    try scratch.write("pairs.csv", "sentence1,sentence2,score\n" + pairs)
    try scratch.write("texts.txt", "the cat\n")
  }

  private func train(_ arguments: [String], _ model: String, output: String? = nil) throws
    -> CommandResult
  {
    var command = try embedCommand(
      ["train", "--batch-size", "8", "-m", model, "--output", output ?? self.output] + arguments)
    command.seconds = 120
    return try command()
  }

  private static let columns = ["--columns", "anchor,positive,negative", "--label"]

  private func text(_ name: String) throws -> String {
    String(decoding: try readFile("\(output)/\(name)", limit: 1 << 24), as: UTF8.self)
  }

  @Test(arguments: [
    (
      ["--type", "sparse"] + columns + ["none"],
      "SpladeLoss over SparseMultipleNegativesRankingLoss"
    ),
    (["--loss", "splade"] + columns + ["margin"], "SpladeLoss over SparseMarginMSELoss"),
    (["--type", "sparse"] + columns + ["scores"], "SpladeLoss over SparseDistillKLDivLoss"),
    (
      ["--loss", "SparseTripletLoss", "--loss-options", #"{"document_regularizer_weight":0.25}"#]
        + columns + ["none"], "SpladeLoss over SparseTripletLoss, document_regularizer_weight 0.25"
    ),
  ])
  func whatIsLearnedFollowsFromTheRows(arguments: [String], line: String) throws {
    let result = try train(["--dry-run"] + arguments + [Self.triplets], Self.bare)
    #expect(result.ending == .exited(0) && result.stderr.contains(line), "\(result.stderr)")
  }

  @Test func aMaskedLanguageModelBecomesASparseEncoder() throws {
    let result = try train(
      ["--type", "sparse", "--max-steps", "4", "--evaluate", Self.triplets, "--quiet"]
        + Self.columns + ["none", Self.triplets], Self.bare)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let modules = try text("modules.json")
    #expect(modules.contains("sentence_transformers.base.modules.transformer.Transformer"))
    #expect(modules.contains("sparse_encoder.modules.splade_pooling.SpladePooling"))
    let settings = try text("config_sentence_transformers.json")
    #expect(settings.contains("SparseEncoder") && settings.contains("\"dot\""))
    #expect(try text("sentence_bert_config.json").contains("fill-mask"))
    #expect(try text("1_SpladePooling/config.json").contains("\"max\""))
    let card = try text("README.md")
    for part in [
      "# SPLADE Sparse Encoder", "- sparse-encoder", "- loss:SpladeLoss", "- loss:FlopsLoss",
      "- loss:SparseMultipleNegativesRankingLoss", "pipeline_tag: feature-extraction",
      "SparseEncoder(\"path/to/this/model\")", "sparse_encoder/losses.html#spladeloss",
      "SparseTripletEvaluator", "#### Sparse Triplet", "formal2022", "paria2020",
    ] { #expect(card.contains(part), "\(part)") }
    let lines = try Fixture.lines("\(output)/log.jsonl")
    let evaluation = try #require(lines.last { $0["evaluation"] != nil })
    #expect(
      try evaluation.object("evaluation").object("data").members.map { try $0.key.string() } == [
        "dot_accuracy", "anchor_active_dims", "anchor_sparsity_ratio", "positive_active_dims",
        "positive_sparsity_ratio", "negative_active_dims", "negative_sparsity_ratio",
      ])
    let encoded = try embed("encode", "-m", output, scratch.file("texts.txt"))
    #expect(encoded.ending == .exited(0) && encoded.text.contains("\"indices\""))
    let again = try embed(
      "train", "--quiet", "--recipe", "\(output)/recipe.json", "--output", scratch.file("again"),
      seconds: 120)
    #expect(again.ending == .exited(0), "\(again.stderr)")
    let files = try [output, scratch.file("again")].map {
      try readFile($0 + "/model.safetensors", limit: 1 << 24)
    }
    #expect(files[0] == files[1])
  }

  @Test func whatWasTrainedUnderOneNameIsWrittenUnderBoth() throws {
    let result = try train(
      ["--loss", "SparseCoSENTLoss", "--max-steps", "3", "--quiet", scratch.file("pairs.csv")],
      Self.whole)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let file = try TensorFile(folder: output)
    let start = try TensorFile(folder: Self.whole)
    for (copy, original) in [
      ("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
      ("cls.predictions.decoder.bias", "cls.predictions.bias"),
    ] {
      let bytes = try [(file, copy), (file, original), (start, original)].map { file, name in
        try #require(file[name]).withBytes { Array($0) }
      }
      #expect(bytes[0] == bytes[1] && bytes[1] != bytes[2])
    }
    // The loss is of cosines, and so is the model then.
    #expect(try text("config_sentence_transformers.json").contains("\"cosine\""))
  }

  @Test(arguments: [
    (
      ["--loss", "CoSENTLoss"], whole,
      "CoSENTLoss is a loss of embedding models, and the model is a sparse model; such can have SpladeLoss, "
    ),
    (
      ["--loss", "SpladeLoss"], Models.tiny,
      "SpladeLoss is a loss of sparse models, and the model is an embedding model; such can have"
    ),
    (["--loss", "FlopsLoss"], whole, "makes vectors sparse and teaches nothing else"),
    (["--loss", "tsdae"], whole, "is not trained here; of texts alone"),
    (["--matryoshka", "64"], whole, "MatryoshkaLoss is a loss of embedding models"),
    (
      ["--loss-options", #"{"query_regularizer_wieght":1}"#], whole,
      "no parameter `query_regularizer_wieght`"
    ),
    ([], Fixture.path("kinds/sp_csr"), "SparseAutoEncoder, which is not trained here"),
    ([], Fixture.path("kinds/sp_inference_free"), "has a Router"),
    ([], Fixture.path("kinds/mv_bert"), "such are not trained yet"),
  ])
  func whatCannotBeTrainedIsRefused(arguments: [String], model: String, message: String) throws {
    let result = try train(arguments + [scratch.file("pairs.csv")], model)
    #expect(result.ending == .exited(1) && result.stderr.contains(message), "\(result.stderr)")
    #expect(try !scratch.names.contains("out"))
  }

  @Test func anInterruptedRunGoesOnWithTheBitsOfAnUnbrokenOne() throws {
    let arguments =
      ["--quiet", "--max-steps", "90", "--dropout", "0.1"] + Self.columns + ["none", Self.triplets]
    #expect(
      try train(arguments, Self.whole, output: scratch.file("whole")).ending == .exited(0))
    let command = try embedCommand(
      ["train", "--batch-size", "8", "-m", Self.whole, "--output", output] + arguments)
    let running = try command.started()
    // Weights of regularizers rise up to step 30.
    for _ in 0..<2000
    where ((try? readFile(output + ".part/log.jsonl", limit: 1 << 20))?.count { $0 == 10 } ?? 0) < 9
    { usleep(5_000) }
    running.signal(SIGINT)
    let ending = running.finished().ending
    if ending != .exited(0) {
      #expect(ending == .exited(130))
      let resumed = try embed("train", "--quiet", "--resume", "--output", output, seconds: 120)
      #expect(resumed.ending == .exited(0), "\(resumed.stderr)")
    }
    let files = try [output, scratch.file("whole")].map {
      try readFile($0 + "/model.safetensors", limit: 1 << 24)
    }
    #expect(files[0] == files[1])
  }
}

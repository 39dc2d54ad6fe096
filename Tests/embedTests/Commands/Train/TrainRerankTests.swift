import Embeddings
import ModelFiles
import TestSupport
import Testing

/// Rerankers that `embed train` makes, and what it says where none can be made.
@Suite struct TrainRerankTests {
  private let scratch: ScratchFolder
  private var output: String { scratch.file("out") }

  init() throws { scratch = try ScratchFolder() }

  private static let reranker = Fixture.path("kinds/ce_bert")
  private static let nli = Fixture.path("kinds/ce_roberta_nli")

  private static let pairs =
    "question,answer,label\n"
    + (0..<24).map { "what is \($0),it is \($0 % 7),\($0 % 2)\n" }.joined()

  private static let lists = (0..<12).map { row in
    #"{"query":"what is \#(row)","docs":["it is \#(row)","no","who knows"],"labels":[2,0,1]}"#
      + "\n"
  }.joined()

  private func train(
    _ data: String, _ arguments: [String], named name: String = "data.csv"
  ) throws -> CommandResult {
    try scratch.write(name, data)
    var command = try embedCommand(
      ["train", scratch.file(name), "--output", output, "--batch-size", "4", "--max-steps", "3"]
        + arguments)
    command.seconds = 120
    return try command([])
  }

  private func json(_ name: String) throws -> JSON {
    try JSON(file: "\(output)/\(name)", limit: 1 << 20)
  }

  @Test func aNewHeadIsWrittenAsSentenceTransformersDoes() throws {
    let result = try train(Self.pairs, ["-m", Models.tiny, "--type", "rerank"])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("BinaryCrossEntropyLoss"))
    let config = try json("config.json")
    #expect(try config.array("architectures")[0]?.string() == "BertForSequenceClassification")
    #expect(try config.object("id2label").members.map { try $0.value.string() } == ["LABEL_0"])
    #expect(try json("modules.json").array().count == 1)
    let settings = try json("config_sentence_transformers.json")
    #expect(try settings.string("model_type") == "CrossEncoder")
    #expect(try settings.string("activation_fn") == "torch.nn.modules.activation.Sigmoid")
    let module = try json("sentence_bert_config.json")
    #expect(try module.string("transformer_task") == "sequence-classification")
    let weights = try TensorFile(safetensors: "\(output)/model.safetensors")
    #expect(weights.names.allSatisfy { $0.hasPrefix("bert.") || $0.hasPrefix("classifier.") })
    #expect(weights["classifier.weight"]?.shape.first == 1)
    #expect(weights["bert.pooler.dense.weight"] != nil)
    let names = try folderEntries(output)
    #expect(!names.contains("state") && !names.contains("1_Pooling"))
    let reranker = try Reranker(folder: output)
    #expect(reranker.labels == ["LABEL_0"])
    #expect(try reranker.scores("what is 1", ["it is 1"])[0] > 0)
  }

  @Test func theCardIsOneOfCrossEncoders() throws {
    let result = try train(
      Self.pairs, ["-m", Models.tiny, "--type", "rerank", "--evaluate", "20%"])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let card = String(decoding: try readFile("\(output)/README.md", limit: 1 << 20), as: UTF8.self)
    for text in [
      "- cross-encoder\n- reranker\n", "pipeline_tag: text-ranking", "loss:BinaryCrossEntropyLoss",
      "**Number of Output Labels:** 1 label", "model = CrossEncoder(",
      "cross_encoder/losses.html#binarycrossentropyloss", "CrossEncoderClassificationEvaluator",
    ] { #expect(card.contains(text), "\(text)") }
    #expect(try json("recipe.json").string("type") == "rerank")
  }

  @Test func wordsAsClassesNameTheLabelsOfANewHead() throws {
    let data = Self.pairs.replacing(",0\n", with: ",no\n").replacing(",1\n", with: ",yes\n")
    let result = try train(
      data.replacing("it is 3,no", with: "it is 3,perhaps"),
      ["-m", Models.tiny, "--type", "rerank"])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("CrossEntropyLoss"))
    #expect(try Reranker(folder: output).labels == ["no", "perhaps", "yes"])
  }

  @Test func aRerankersOwnLabelsAreKnownByTheirNames() throws {
    let names = try Reranker(folder: Self.nli).labels
    let data =
      "premise,hypothesis,label\n"
      + (0..<12).map { "a cat \($0),an animal \($0),\(names[2 - $0 % 3].uppercased())\n" }.joined()
    let result = try train(data, ["-m", Self.nli])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("are the model's labels: 0 \(names[0])"))
    #expect(try Reranker(folder: output).labels == names)
  }

  // Data, arguments, the metrics that are logged.
  @Test(arguments: [
    (pairs, ["average_precision", "f1", "accuracy"]),
    (pairs.replacing(",1\n", with: ",0.7\n"), ["pearson", "spearman"]),
    (lists, ["map", "mrr@10", "ndcg@10"]),
    (
      lists.replacing(#"["it is"#, with: #"["it was"#), ["map", "mrr@10", "ndcg@10"]
    ),
  ])
  func evaluationsHaveTheNamesOfTheReference(_ data: String, _ names: [String]) throws {
    let ending = data.hasPrefix("{") ? "jsonl" : "csv"
    try scratch.write("dev.\(ending)", data)
    let result = try train(
      data, ["-m", Self.reranker, "--evaluate", scratch.file("dev.\(ending)")],
      named: "data.\(ending)")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let log = try Fixture.lines("\(output)/log.jsonl").compactMap { $0["evaluation"] }
    let metrics = try #require(log.first).object("dev")
    for name in names { #expect(metrics[name] != nil, "\(name)") }
  }

  @Test func listsOfPositivesAndNegativesAreEvaluatedAsByEvaluate() throws {
    let rankings = (0..<4).map { row in
      #"{"query":"what is \#(row)","positive":["it is \#(row)"],"negative":["no","who knows"]}"#
        + "\n"
    }.joined()
    try scratch.write("dev.jsonl", rankings)
    let result = try train(
      Self.pairs, ["-m", Self.reranker, "--evaluate", scratch.file("dev.jsonl"), "--keep", "last"])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let logged = try Fixture.lines("\(output)/log.jsonl").compactMap { $0["evaluation"] }
    let evaluated = try embed(
      "evaluate", "rerank", "-m", output, scratch.file("dev.jsonl"), "--json")
    let found = try JSON(Array(evaluated.stdout), name: "stdout").object("reranked")
    let last = try #require(logged.last).object("dev")
    for name in ["map", "mrr@10", "ndcg@10"] {
      #expect(try last.double(name) == found.double(name), "\(name)")
    }
  }

  @Test func dryRunsMakeNothing() throws {
    let result = try train(
      Self.lists, ["-m", Models.tiny, "--type", "rerank", "--dry-run"], named: "a.jsonl")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("LambdaLoss"))
    #expect(try folderEntries(scratch.path) == ["a.jsonl"])
  }

  // Data, arguments, what is said of them.
  @Test(arguments: [
    (
      pairs, ["-m", Models.tiny, "--loss", "BinaryCrossEntropyLoss"],
      "BinaryCrossEntropyLoss is a loss of rerankers, and the model is an embedding model; such can "
        + "have MultipleNegativesRankingLoss, "
    ),
    (
      pairs, ["-m", reranker, "--loss", "CoSENTLoss"],
      "CoSENTLoss is a loss of embedding models, and the model is a reranker; such can have "
        + "BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss, MarginMSELoss, "
    ),
    (pairs, ["-m", reranker, "--loss", "NoSuch"], "there is no loss `NoSuch`"),
    (pairs, ["-m", reranker, "--loss", "ce"], "takes a model with a label for each class"),
    (pairs, ["-m", nli, "--loss", "bce"], "takes a model with one label, and this one has 3"),
    (pairs, ["-m", reranker, "--loss", "lambda"], "needs rows of a query, a list of documents"),
    (pairs, ["-m", reranker, "--type", "dense"], "--type dense: ce_bert is a reranker"),
    (
      pairs, ["-m", reranker, "--prompts", #"{"answer":"a: "}"#],
      "a reranker has one before the query, `question`, alone"
    ),
    (pairs, ["-m", reranker, "--teacher", Models.tiny], "--teacher gives vectors to be learned"),
    (
      pairs, ["-m", reranker, "--loss", "bce", "--loss-options", #"{"pos_weight":0}"#],
      "`pos_weight` should be a number above 0"
    ),
    (
      pairs,
      [
        "-m", reranker, "--loss", "mnrl", "--label", "none", "--loss-options",
        #"{"num_negatives":-1}"#,
      ],
      "`num_negatives` should be 0 or more, or null"
    ),
    (pairs, ["-m", Fixture.path("kinds/ce_qwen3_lm")], "such rerankers are not trained yet"),
    (pairs, ["-m", Fixture.path("kinds/mv_bert")], "such are not trained yet"),
    (
      pairs, ["-m", Fixture.path("pipelines/static-embedding"), "--type", "rerank"],
      "a reranker is made of a network"
    ),
  ])
  func whatCannotBeIsRefused(_ data: String, _ arguments: [String], _ message: String) throws {
    let result = try train(data, arguments)
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains(message), "\(result.stderr)")
    #expect(try folderEntries(scratch.path) == ["data.csv"])
  }

  @Test(arguments: [
    (
      lists.replacing("[2,0,1]", with: "[2,0]"),
      "line 1: LambdaLoss needs a label for each document"
    ),
    (lists.replacing("[2,0,1]", with: #"[2,"a",1]"#), "is no list of numbers"),
    (lists + #"{"query":"q","docs":[],"labels":[]}"# + "\n", "line 13: `docs` is"),
    (lists + #"{"query":"q","docs":["a",3],"labels":[1,2]}"# + "\n", "line 13: `docs` is"),
    (
      lists + #"{"query":"q","docs":"a","labels":[1]}"# + "\n",
      "`docs` is a list of strings, should be a string"
    ),
  ])
  func listsThatAreNoneAreRefused(_ data: String, _ message: String) throws {
    let result = try train(data, ["-m", Self.reranker, "--loss", "lambda"], named: "data.jsonl")
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains(message), "\(result.stderr)")
  }
}

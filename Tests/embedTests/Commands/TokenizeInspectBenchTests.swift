import Foundation
import TestSupport
import Testing

/// `embed tokenize`.
@Suite struct TokenizeCommandTests {
  @Test func aLineHasTextIdsAndTokens() throws {
    let result = try embed("tokenize", "-m", Models.tiny, input: "The cat zq.\n\n")
    expectRows(result, 2)
    #expect(
      result.lines[0].hasPrefix("{\"text\":\"The cat zq.\",\"ids\":[2,120,282,"), "\(result.text)")
    let row = try object(result.lines[0])
    let ids = try #require(row["ids"] as? [Int])
    let tokens = try #require(row["tokens"] as? [String])
    #expect(ids.count == tokens.count)
    #expect(tokens.first == "[CLS]" && tokens.last == "[SEP]")
    #expect(tokens[1] == "the" && tokens[2] == "cat")
    #expect(result.lines[1] == #"{"text":"","ids":[2,3],"tokens":["[CLS]","[SEP]"]}"#)
  }

  @Test func itIsCutToTheLimit() throws {
    let long = String(repeating: "the ", count: 100)
    for (options, count) in [([], 32), (["--max-length", "5"], 5)] {
      let result = try embedCommand(["tokenize", "-m", Models.tiny] + options)(Array(long.utf8))
      let ids = try #require(try object(result.text)["ids"] as? [Int])
      #expect(ids.count == count && ids.last == 3)
    }
  }

  @Test func aPromptIsAddedOnlyWhenNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("default_prompt_name", in: "config_sentence_transformers.json", to: "\"query\"")
    func ids(_ options: String..., input: String) throws -> [Int]? {
      let result = try embedCommand(["tokenize", "-m", model.path] + options)(Array(input.utf8))
      expectRows(result, 1)
      return try object(result.text)["ids"] as? [Int]
    }
    #expect(try ids(input: "the cat") == [2, 120, 282, 3])
    let prompted = try ids(input: "find: the cat")
    #expect(try ids("--prompt-name", "query", input: "the cat") == prompted)
    #expect(try ids("--prompt", "find: ", input: "the cat") == prompted)
    #expect(try ids("--prompt-name", "document", input: "the cat") == [2, 120, 282, 3])
  }

  @Test func wordsOfABagAreTokens() throws {
    let model = "\(Models.root)/Tests/Fixtures/pipelines/bow"
    let result = try embed("tokenize", "-m", model, input: "The cat, what\n")
    expectRows(result, 1)
    #expect(try object(result.text)["tokens"] as? [String] == ["the", "cat"])
  }

  @Test func aRouteHasItsOwnTokens() throws {
    let model = "\(Models.root)/Tests/Fixtures/pipelines/router"
    let document = try embed("tokenize", "-m", model, input: "the cat\n")
    let query = try embed("tokenize", "-m", model, "--prompt-name", "query", input: "the cat\n")
    // A network's special tokens are around the one, the prompt before the other.
    #expect(try object(document.text)["tokens"] as? [String] == ["[CLS]", "the", "cat", "[SEP]"])
    #expect((try object(query.text)["tokens"] as? [String])?.first == "find")
  }

  @Test func aLineGetsItsTokensWhileThePipeStaysOpen() throws {
    let running = try embedCommand(["tokenize", "-m", Models.tiny]).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    expectRows(running.finished(), 1)
  }

  @Test(arguments: ["bert-tiny", "minilm-static"])
  func idsAndVectorsAreThoseOfTheReference(_ name: String) throws {
    try expectGolden(name, model: "\(Models.root)/models.example/\(name)")
  }

  @Test(.enabled(if: Models.hasReal, "models/all-MiniLM-L6-v2 is not there"))
  func idsAndVectorsOfTheRealModelAreThoseOfTheReference() throws {
    try expectGolden("all-MiniLM-L6-v2", model: Models.real)
  }

  private func expectGolden(_ name: String, model: String) throws {
    let golden = try ScratchFolder.bytes(of: "\(Models.root)/Tests/Fixtures/\(name).golden.jsonl")
    let rows = try golden.split(separator: 0x0A).map {
      try object(String(decoding: $0, as: UTF8.self))
    }
    let file = try ScratchFolder()
    let texts = try file.write("golden.jsonl", golden)
    let tokens = try embed("tokenize", "-m", model, texts)
    let vectors = try embed("encode", "-m", model, "--quiet", texts)
    expectRows(tokens, rows.count)
    expectRows(vectors, rows.count)
    for (row, (tokens, vector)) in zip(rows, zip(tokens.lines, vectors.lines)) {
      let ids = try object(tokens)["ids"] as? [Int]
      #expect(ids == row["ids"] as? [Int])
      let expected = try #require(row["embedding"] as? [Double]).map { Float($0) }
      // float32 sums in another order than the reference's.
      expectClose(numbers(vector), expected, tolerance: 2e-6)
    }
  }
}

/// `embed inspect`.
@Suite struct InspectCommandTests {
  @Test(arguments: [["-m", Models.tiny], [Models.tiny]])
  func peopleReadWhatItResolvesTo(_ arguments: [String]) throws {
    let result = try embedCommand(["inspect"] + arguments)()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty)
    for word in [
      "sentence-transformers 2.0 to 5.3", "Transformer: bert, 2 layers, 32 wide", "Pooling: mean",
      "Normalize", "32 tokens", "max_seq_length", "29600 parameters as F32", "find: ", "cosine",
      "290 ids", "memory", "f32: sgemm (OpenBLAS' kernels for ", "auto: ",
    ] { #expect(result.text.contains(word), "\(word)") }
  }

  @Test func programsReadJson() throws {
    let result = try embed("inspect", "-m", Models.tiny, "--json")
    expectRows(result, 1)
    let model = try object(result.text)
    #expect(model["dimension"] as? Int == 32)
    #expect(model["limit"] as? Int == 32)
    #expect(model["parameters"] as? Int == 29600)
    #expect((model["modules"] as? [String])?.count == 3)
    #expect(model["prompts"] as? [String: String] == ["query": "find: ", "document": ""])
    #expect(model["default_prompt"] is NSNull)
    #expect(model["warnings"] is [String])
    #expect((model["instructions"] as? [String: String])?["f32"] == "sgemm")
    #expect(["f32", "bf16x3"].contains(model["precision_auto"] as? String))
  }

  @Test func whatDisagreesIsAWarning() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("max_seq_length", in: "sentence_bert_config.json", to: "512")
    func warnings() throws -> String {
      let warnings = try object(embed("inspect", "--json", model.path).text)["warnings"]
      return (warnings as? [String])?.joined(separator: "\n") ?? ""
    }
    let table = try embed("inspect", model.path).lines
    #expect(table.contains { $0.hasPrefix("warning ") } && !table.contains { $0.hasPrefix("odd") })
    var text = try warnings()
    for word in ["512", "64 positions"] { #expect(text.contains(word), "\(text)") }
    try model.remove("modules.json")
    text = try warnings()
    for word in ["no modules.json", "mean", "sentence_bert_config.json is not read"] {
      #expect(text.contains(word), "\(text)")
    }
  }
}

/// `embed bench`.
@Suite struct BenchCommandTests {
  static let figures = [
    "load_seconds", "first_vector_seconds", "tokenizing_megabytes_per_second", "texts_per_second",
    "tokens_per_second", "gflops", "sgemm_gflops", "share_of_sgemm", "limit_gflops",
    "share_of_limit", "peak_memory_bytes",
  ]

  @Test func figuresAreThereAndFinite() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.txt", variedTexts(10).joined(separator: "\n"))
    let result = try embed(
      "bench", file, "-m", Models.tiny, "--rounds", "1", "--threads", "1,2", "--json")
    expectRows(result, 1)
    let report = try object(result.text)
    #expect(report["texts"] as? Int == 10)
    let rows = try #require(report["results"] as? [[String: Any]])
    #expect(rows.count == 2)
    for row in rows {
      #expect(row["precision"] as? String == "f32")
      for figure in Self.figures {
        #expect((row[figure] as? NSNumber)?.doubleValue.isFinite == true, "\(figure)")
      }
    }
  }

  @Test(arguments: ["static-embedding", "bow", "word-embeddings", "lstm", "router"])
  func aModelWithoutProductsHasNoShareOfTheirRate(_ name: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.txt", "the cat\n\nunknown\n")
    let model = "\(Models.root)/Tests/Fixtures/pipelines/\(name)"
    let arguments = ["bench", file, "-m", model, "--rounds", "1", "--threads", "1"]
    let table = try embedCommand(arguments)()
    expectRows(table, 3)
    let report = try object(embedCommand(arguments + ["--json"])().text)
    let row = try #require((report["results"] as? [[String: Any]])?.first)
    let hasProducts = ["lstm", "router"].contains(name)
    let shares = ["share_of_sgemm", "share_of_limit"]
    for share in shares { #expect((row[share] is NSNull) == !hasProducts) }
    for figure in Self.figures where !shares.contains(figure) {
      #expect((row[figure] as? NSNumber)?.doubleValue.isFinite == true, "\(figure)")
    }
  }

  @Test func peopleReadATable() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.txt", "the cat\n")
    let result = try embed(
      "bench", file, "-m", Models.tiny, "--rounds", "1", "--threads", "1")
    expectRows(result, 3)
    for word in ["1 texts", "tokens/s", "GFLOP/s", "share"] { #expect(result.text.contains(word)) }
  }

  @Test func whatCannotBeMeasuredIsNamed() throws {
    let folder = try ScratchFolder()
    let empty = try folder.write("empty.txt", "")
    expectFailure(
      try embed("bench", empty, "-m", Models.tiny),
      message: "\(folder.path)/empty.txt: no texts to measure with; give at least one line")
    let bad = try folder.write("bad.txt", [0x61, 0x0A, 0xFF])
    expectFailure(
      try embed("bench", bad, "-m", Models.tiny),
      message: "\(folder.path)/bad.txt, line 2: not UTF-8 (byte 0xFF at column 1); convert the "
        + "file to UTF-8")
  }
}

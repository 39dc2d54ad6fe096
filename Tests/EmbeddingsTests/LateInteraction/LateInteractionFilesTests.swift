import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

/// The three kinds of files that say how a late-interaction model reads texts.
@Suite struct LateInteractionFilesTests {
  private func json(_ text: String?, _ name: String) throws -> JSON? {
    try text.map { try JSON(Array($0.utf8), name: name) }
  }

  /// Beside a modules.json, as all but Stanford's models have one.
  private func read(
    settings: String? = nil, transformer: String? = nil, config: String = "{}",
    files: [String: String] = ["modules.json": "[]"]
  ) throws -> LateInteraction? {
    let folder = try ScratchFolder()
    for (name, text) in files { try folder.write(name, text) }
    return try LateInteraction.read(
      ModelFolder(folder.path), settings: json(settings, "settings"),
      transformer: json(transformer, "transformer"),
      config: json(config, "config.json") ?? .empty(named: ""))
  }

  @Test func filesThatSayNothingAreOfAnotherKind() throws {
    #expect(try read() == nil)
    #expect(try read(settings: #"{"model_type":"MultiVectorEncoder","prompts":{}}"#) == nil)
    #expect(try read(transformer: #"{"max_seq_length":8}"#) == nil)
    #expect(try read(config: #"{"architectures":["HF_ColBERT"]}"#) == nil)
  }

  @Test func pyLatesDefaultsAreColBERTs() throws {
    let settings = #"{"model_type":"ColBERT","query_prefix":"[Q] "}"#
    let found = try #require(try read(settings: settings))
    #expect(found.layout == .pyLate)
    #expect(found.prefixes == [.query: "[Q] "] && found.lengths.isEmpty)
    #expect(found.expansion == QueryExpansion(length: 32, attends: false, place: "settings"))
    #expect(found.skipped.joined() == "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    // Without a key of its own nothing is filled up, in sentence-transformers 6.2.0 either.
    let bare = try #require(try read(settings: #"{"model_type":"ColBERT"}"#))
    #expect(bare.layout == .pyLate && bare.expansion == nil && bare.skipped == found.skipped)
  }

  @Test(
    arguments: [
      (#"{"query_length":48}"#, nil, 48, false), (#"{"do_query_expansion":true}"#, nil, 32, false),
      (#"{"query_length":48,"do_query_expansion":false}"#, 48, nil, false),
      (#"{"query_length":null,"attend_to_expansion_tokens":true}"#, nil, 32, true),
      (#"{"attend_to_mask_tokens":true}"#, nil, 32, true),
      (#"{"query_expansion":null,"query_length":9}"#, 9, nil, false),
      (#"{"query_expansion":{"strategy":"min","length":7},"query_length":9}"#, 9, 7, false),
    ] as [(String, Int?, Int?, Bool)])
  func pyLatesLengthOfAQueryIsWhatItIsFilledUpTo(
    settings: String, limit: Int?, length: Int?, attends: Bool
  ) throws {
    let found = try #require(try read(settings: settings))
    #expect(found.lengths[.query] == limit)
    #expect(found.expansion?.length == length)
    #expect(found.expansion?.attends ?? false == attends)
  }

  @Test func theTransformersOwnSettingsCount() throws {
    let found = try #require(
      try read(
        settings: #"{"model_type":"ColBERT","query_length":16,"document_length":99}"#,
        transformer: #"{"query_expansion":null,"query_length":20,"document_length":40}"#))
    #expect(found.expansion == nil)
    #expect(found.lengths == [.query: 20, .document: 40])
    let native = try #require(
      try read(
        settings: #"{"model_type":"MultiVectorEncoder"}"#,
        transformer: #"{"query_expansion":{"strategy":"fixed","length":4}}"#))
    #expect(native.layout == .modules && native.skipped.isEmpty)
    #expect(native.expansion?.length == 4)
  }

  @Test func stanfordsSettingsLieInAFileOfTheirOwn() throws {
    let config = #"{"architectures":["HF_ColBERT"]}"#
    let bare = try #require(try read(config: config, files: [:]))
    #expect(bare.layout == .stanford)
    #expect(bare.prefixes == [.query: "[unused0] ", .document: "[unused1] "])
    #expect(bare.expansion?.length == 32)
    #expect(bare.skipped == LateInteraction.punctuation)
    let metadata =
      #"{"query_token_id":"[Q1]","doc_maxlen":180,"query_maxlen":24,"mask_punctuation":false,"#
      + #""attend_to_mask_tokens":true,"nway":64}"#
    let found = try #require(try read(config: config, files: ["artifact.metadata": metadata]))
    #expect(found.prefixes == [.query: "[Q1] ", .document: "[unused1] "])
    #expect(found.lengths == [.document: 180])
    #expect(found.expansion?.length == 24 && found.expansion?.attends == true)
    #expect(found.skipped.isEmpty)
  }

  @Test(
    arguments: [
      (
        #"{"query_length":3,"query_expansion":{"strategy":"fixed","length":4}}"#, "{}",
        "transformer: `query_expansion`: queries are filled up to 4 tokens, and `query_length` lets them "
          + "have 3; make it no smaller, or remove it"
      ),
      (
        #"{"query_expansion":{"strategy":"fixed","length":4}}"#, #"{"model_type":"deberta-v2"}"#,
        "its embedding is 0 there"
      ),
      (
        #"{"query_expansion":{"strategy":"fixed","length":40}}"#,
        #"{"model_type":"bert","max_position_embeddings":32}"#, "the network has 32 positions"
      ),
      (#"{"document_length":0}"#, "{}", "is 0, should be from 1 to 32768"),
      (#"{"document_length":"9"}"#, "{}", "document_length"),
    ]) func whatCannotBeIsRefused(transformer: String, config: String, part: String) throws
  {
    let error = try #require(throws: FileError.self) {
      try read(transformer: transformer, config: config)
    }
    #expect(error.description.contains(part), "\(error)")
  }

  @Test func filledTokensThatAllLookAtAreComputedByAnyNetwork() throws {
    #expect(
      try read(
        transformer: #"{"query_expansion":{"strategy":"fixed","length":4,"attend":true}}"#,
        config: #"{"model_type":"deberta-v2"}"#) != nil)
  }

  @Test func paddingOnTheLeftIsRefusedWhereQueriesAreFilledUp() throws {
    let left = ["modules.json": "[]", "tokenizer_config.json": #"{"padding_side":"left"}"#]
    #expect(try read(transformer: #"{"document_length":9}"#, files: left) != nil)
    let error = try #require(throws: FileError.self) {
      try read(
        transformer: #"{"query_expansion":{"strategy":"fixed","length":4}}"#, files: left)
    }
    #expect(error.description.contains("`padding_side` is left"))
  }
}

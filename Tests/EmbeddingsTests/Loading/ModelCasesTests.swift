import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// Model directories that public bug reports are about (Tests/Fixtures/cases), with the ids and
/// vectors of sentence-transformers 6.2.0, transformers 5.23.0 and tokenizers 0.23.3.
@Suite struct ModelCasesTests {
  /// A case's directory: its own files over those of the model that it was made from.
  private struct Case {
    let folder: ScratchFolder
    let rows: [JSON]

    init(_ name: String) throws {
      let path = Fixture.path("cases/\(name)")
      let json = try JSON(file: "\(path)/case.json")
      rows = Array(try json.array("rows").elements)
      switch try json.present("base")?.string() {
      case nil: folder = try ScratchFolder(copyOf: "\(path)/model")
      case "bert-tiny": folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
      case let base?: folder = try ScratchFolder(copyOf: Fixture.path("cases/\(base)/model"))
      }
      for file in try json.present("removed")?.elements.map({ try $0.string() }) ?? [] {
        try folder.remove(file)
      }
      try add("\(path)/model", "")
    }

    private func add(_ source: String, _ name: String) throws {
      for entry in try folderEntries(source) {
        let (from, to) = ("\(source)/\(entry)", name.isEmpty ? entry : "\(name)/\(entry)")
        if (try? folderEntries(from)) == nil {
          try folder.write(to, ScratchFolder.bytes(of: from))
        } else {
          try add(from, to)
        }
      }
    }
  }

  @Test func everyCaseHasATest() {
    #expect(
      Fixture.folders("cases")
        == (Self.vectors + Self.ids + Self.refused.map(\.name)
        + ["ok-roberta-padding-id-3", "tokenizer-class-in-config-mecab"]).sorted())
  }

  private static let vectors = [
    "bare-directory-default-prompt", "decoder-is-causal-false", "ernie",
    "ok-model2vec-unigram-unknown",
    "ok-stale-shard-index", "pooling-dimension-wrong", "rotary-limit-above-positions",
    "rotary-yarn",
  ]

  @Test(arguments: vectors)
  func theVectorsAreTheReferences(name: String) throws {
    let one = try Case(name)
    let embedder = try Embedder(folder: one.folder.path)
    let route = try embedder.model.route()
    for row in one.rows {
      let encoding = try route.encoding(of: Array(row.string("text").utf8))
      if try row.present("ids") != nil { #expect(try encoding.ids == row.ints("ids")) }
      let vectors = try embedder.vectors(of: [encoding], by: route)
      try expectClose(vectors[0].map(\.self), row.floats("embedding"), tolerance: 2e-6)
    }
  }

  private static let ids = [
    "limit-under-its-old-key", "lower-case-flag-beside-tokenizer-json", "ok-spaces-and-breaks",
    "ok-vocab-line-separator", "ok-vocab-newline-piece-and-crlf",
    "prefix-space-flag-beside-tokenizer-json", "tokenizer-class-in-config-sentencepiece",
  ]

  @Test(arguments: ids)
  func theIDsAreTheReferences(name: String) throws {
    let one = try Case(name)
    let tokenizer = try ModelTokenizer(model: ModelFolder(one.folder.path))
    for row in one.rows {
      let encoding = try tokenizer.encoding(
        of: Array(row.string("text").utf8), limit: tokenizer.limit?.tokens)
      #expect(try encoding.ids == row.ints("ids"))
    }
  }

  private static let refused: [(name: String, message: String)] = [
    (
      "lora-beside-weights",
      "FOLDER/adapter_config.json: the base of the adapter, `org/tiny`, is not found: there is no "
        + "folder `org/tiny`"
    )
  ]

  @Test(arguments: refused)
  func whatIsNotFollowedIsRefused(name: String, message: String) throws {
    let one = try Case(name)
    let error = #expect(throws: FileError.self) {
      try ModelTokenizer(model: ModelFolder(one.folder.path))
    }
    #expect(
      error?.description.replacingOccurrences(of: one.folder.path, with: "FOLDER") == message)
  }

  /// The class stands in config.json alone; the words are those of MeCab's dictionary, or none.
  @Test func wordsAreMeCabsWhereItsDictionaryIsThere() throws {
    let one = try Case("tokenizer-class-in-config-mecab")
    do {
      let tokenizer = try ModelTokenizer(model: ModelFolder(one.folder.path))
      for row in one.rows {
        let encoding = try tokenizer.encoding(of: Array(row.string("text").utf8), limit: nil)
        #expect(try encoding.ids == row.ints("ids"))
      }
    } catch let error as FileError {
      #expect(
        error.description.contains("the tokenizer needs MeCab's dictionary `ipadic`")
          || error.description.contains("libmecab.so.2 is not there"), "\(error)")
    }
  }

  @Test func positionsAreCountedFromThePadding() throws {
    let one = try Case("ok-roberta-padding-id-3")
    let embedder = try Embedder(folder: one.folder.path)
    let route = try embedder.model.route()
    let encodings = try one.rows.map { try route.encoding(of: Array($0.string("text").utf8)) }
    #expect(encodings.map(\.ids.count) == [5, 42])
    #expect(encodings.map(\.truncated) == [false, true])
  }
}

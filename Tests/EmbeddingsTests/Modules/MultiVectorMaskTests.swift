import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// Which tokens' vectors count, over the tokenizer of a small BERT: `.` is 16, `,` is another.
@Suite struct MultiVectorMaskTests {
  private func mask(_ json: String) throws -> MultiVectorMask {
    let tokenizer = Deferred {
      try ModelTokenizer(model: ModelFolder(Fixture.path("kinds/mv_bert")))
    }
    return try MultiVectorMask(
      ModuleSource(
        JSON(Array(json.utf8), name: "config.json"), path: "folder",
        weights: .success(Weights(TensorFile())), tokenizer: tokenizer),
      taking: .tokens(2, vocabulary: 800))
  }

  /// Two texts, whose vectors are their ids and places.
  private func features(_ side: TextSide?) -> Features {
    let texts: [[Int32]] = [[2, 16, 40, 3], [16], [2, 41, 3]]
    let layout = SequenceLayout(lengths: texts.map(\.count))
    let ids = layout.perRow { texts[$0][$1] }
    var features = Features(
      layout: layout, ids: ids,
      tokenEmbeddings: Tensor(
        [layout.rows, 2], ids.indices.flatMap { [Float(ids[$0]), Float($0)] })
    )
    features.side = side
    return features
  }

  private func kept(_ mask: MultiVectorMask, _ side: TextSide?) -> [[Int32]] {
    let found = mask(features(side))
    return (0..<found.layout.count).map { text in
      found.layout[text].map { row in
        #expect(found.tokenEmbeddings.rows(row..<row + 1).elements[0] == Float(found.ids[row]))
        return found.ids[row]
      }
    }
  }

  private static let all: [[Int32]] = [[2, 16, 40, 3], [16], [2, 41, 3]]
  private static let plain: [[Int32]] = [[2, 40, 3], [], [2, 41, 3]]

  @Test(
    arguments: [
      (#"{"skiplist_words":["."]}"#, TextSide.query, all),
      (#"{"skiplist_words":["."]}"#, .document, plain), (#"{"skiplist_words":["."]}"#, nil, plain),
      (#"{"skiplist_words":["."],"skiplist_tasks":["query"]}"#, .query, plain),
      (#"{"skiplist_words":["."],"skiplist_tasks":"query"}"#, .document, all),
      (#"{"skiplist_words":[],"keep_only_token_ids":[]}"#, .document, all),
      (#"{"keep_only_token_ids":[40,41]}"#, .document, [[40], [], [41]]),
      (#"{"keep_only_token_ids":[40,41]}"#, .query, all),
      (#"{"keep_only_token_ids":[9999999999]}"#, .document, [[], [], []]),
      ("{}", .document, all),
    ] as [(String, TextSide?, [[Int32]])])
  func someTokensCount(json: String, side: TextSide?, expected: [[Int32]]) throws {
    #expect(try kept(mask(json), side) == expected)
  }

  @Test func wordsThatAreNoTokensAreNamedAndNotUsed() throws {
    let mask = try mask(#"{"skiplist_words":["no such token","."]}"#)
    #expect(mask.info.warnings.count == 1)
    #expect(mask.info.warnings.first?.contains("no such token") ?? false)
    #expect(kept(mask, .document) == Self.plain)
    // The unknown token itself may be meant.
    #expect(try self.mask(#"{"skiplist_words":["[UNK]"]}"#).info.warnings.isEmpty)
  }

  @Test func rowsThatAreNoTokensHaveNoWords() throws {
    let error = try #require(throws: FileError.self) {
      try MultiVectorMask(
        ModuleSource(
          .empty(named: "config.json"), path: "", weights: .success(Weights(TensorFile()))),
        taking: .tokens(2, vocabulary: nil))
    }
    #expect(error.description.contains("rows are no longer those of a text's tokens"))
  }
}

import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// Texts of two sides, and what goes before them.
@Suite struct LateInteractionTests {
  private func made(_ change: (inout LateInteraction) -> Void) -> LateInteraction {
    var made = LateInteraction(.pyLate, file: "settings")
    change(&made)
    return made
  }

  private func expansion(
    _ strategy: QueryExpansion.Strategy, _ length: Int
  ) -> QueryExpansion {
    QueryExpansion(strategy, length: length, attends: false, place: "settings")
  }

  @Test func lengthsStandInThePlaceOfTheTokenizersOwn() {
    let plain = made { $0.lengths = [.document: 40] }
    #expect(plain.limit(.document, otherwise: 39) == 40)
    #expect(plain.limit(.query, otherwise: 39) == 39)
    #expect(plain.limit(.query, otherwise: nil) == nil)
    let fixed = made { $0.expansion = expansion(.fixed, 16) }
    #expect(fixed.limit(.query, otherwise: 8) == 16)
    let least = made { $0.expansion = expansion(.min, 16) }
    #expect(least.limit(.query, otherwise: 8) == 16)
    #expect(least.limit(.query, otherwise: 39) == 39)
    #expect(least.limit(.query, otherwise: nil) == nil)
    let capped = made { ($0.expansion, $0.lengths) = (expansion(.min, 16), [.query: 20]) }
    #expect(capped.limit(.query, otherwise: 39) == 20)
  }

  @Test func aQueryIsCutAtTheTokenizersLimitBeforeItIsFilledUpBeyondIt() throws {
    let tokenizer = try TokenizerFiles.tokenizer(folder: Fixture.path("kinds/mv_stanford"))
    let text = Array(String(repeating: "a ", count: 12).utf8)
    let least = made { $0.expansion = expansion(.min, 16) }
    let cut = try least.encoding(of: text, side: .query, limit: 16, otherwise: 8, by: tokenizer)
    #expect(cut.ids.count == 16 && cut.hidden == 8 && cut.truncated)
    // A length of its own stands in the tokenizer's place.
    let capped = made { ($0.expansion, $0.lengths) = (expansion(.min, 16), [.query: 20]) }
    let whole = try capped.encoding(
      of: text, side: .query, limit: 20, otherwise: 8, by: tokenizer)
    #expect(whole.ids.count == 16 && whole.hidden == 2 && !whole.truncated)
  }

  @Test func prefixesGoBeforePromptsOnce() {
    let marks = made { $0.prefixes = [.query: "[Q] ", .document: ""] }
    let prompts = marks.prompts([
      ("query", "find: "), ("other", "x"), ("document", "passage: "),
    ])
    #expect(prompts.map(\.name) == ["other", "query", "document"])
    #expect(prompts.map(\.text) == ["x", "[Q] find: ", "passage: "])
    #expect(marks.prompts([("query", "[Q] find: ")]).first?.text == "[Q] find: ")
    #expect(made { _ in }.prompts([("query", "find: ")]).map(\.text) == ["find: "])
    #expect(marks.prompts([]).map(\.text) == ["[Q] ", ""])
  }

  /// A tokenizer that splits the mark, one that does not, and marks that it does not know.
  @Test(
    arguments: [
      ("mv_stanford", "[unused0] ", "[unused0]"), ("mv_pylate", "[Q] ", "[Q] "),
      ("mv_stanford", "[unused0] find: ", "[unused0]"), ("mv_stanford", "query: ", nil),
      ("mv_stanford", " ", nil), ("mv_stanford", "", nil),
    ] as [(String, String, String?)])
  func aMarkThatIsInTheVocabularyIsFoundWhole(
    model: String, prefix: String, mark: String?
  ) throws {
    let plain = try TokenizerFiles.tokenizer(folder: Fixture.path("kinds/\(model)"))
    let tokenizer = try made { $0.prefixes = [.query: prefix] }.prepared(plain)
    func first(_ tokenizer: Tokenizer) throws -> Int32? {
      try Array((prefix + "a").utf8).withUnsafeBytes { try tokenizer.tokens(of: $0) }.first
    }
    guard let mark else {
      #expect(try first(tokenizer) == first(plain))
      return
    }
    #expect(try first(tokenizer) == plain.id(of: mark))
  }

  @Test func whatFilesLeaveOutIsImplied() throws {
    let folder = try ModelFolder(Fixture.path("kinds/mv_stanford"))
    let config = try JSON.empty(named: "config.json")
    let pyLate = try made { $0.skipped = ["."] }.implied(folder, config: config)
    #expect(pyLate.map(\.kind) == ["MultiVectorMask", "Normalize"])
    #expect(
      try pyLate[0].configuration.array("skiplist_words").elements.map { try $0.string() } == ["."])
    let stanford = try LateInteraction(.stanford, file: "f").implied(folder, config: config)
    #expect(stanford.map(\.kind) == ["Dense", "MultiVectorMask", "Normalize"])
    #expect(try stanford[0].configuration.int("out_features") == 12)
    #expect(try LateInteraction(.modules, file: "f").implied(folder, config: config).isEmpty)
    let other = try ModelFolder(Fixture.path("kinds/mv_bert"))
    let error = try #require(throws: FileError.self) {
      try LateInteraction(.stanford, file: "f").implied(other, config: config)
    }
    #expect(error.description.contains("no matrix `linear.weight`"))
  }
}

import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

@Suite struct TokenPiecesTests {
  private let model: TextModel

  init() throws { model = try TextModel(folder: Fixture.tinyBERT, options: .init()) }

  private func words(_ pieces: [TokenPiece], in text: [UInt8]) -> [String?] {
    pieces.map { piece in piece.range.map { String(decoding: text[$0], as: UTF8.self) } }
  }

  @Test func addedTokensHaveNoPlace() throws {
    let text = Array("The Café".utf8)
    let route = try model.route()
    let pieces = try route.pieces(of: text, withSpecials: true)
    #expect(try pieces.map(\.id) == route.encoding(of: text).ids)
    #expect(pieces.first?.text == Array("[CLS]".utf8))
    #expect(pieces.last?.text == Array("[SEP]".utf8))
    #expect(pieces.map(\.isSpecial) == pieces.map { $0.range == nil })
    #expect(pieces.count { $0.isSpecial } == 2)
    #expect(pieces.compactMap(\.start).min() == 0)
    #expect(pieces.compactMap(\.stop).max() == text.count)
    let own = try route.pieces(of: text, withSpecials: false)
    #expect(own == Array(pieces.dropFirst().dropLast()))
  }

  @Test func tokensAreSharedWhereBothModelsReadThemSoAndAsMany() throws {
    let other = try TextModel(folder: Fixture.path("training/runs/models/bert"), options: .init())
    #expect(try model.sharesTokens(with: model, prompt: "the cat: "))
    #expect(try !model.sharesTokens(with: other, prompt: ""))
    let short = try TextModel(folder: Fixture.tinyBERT, options: .init(maximumLength: 8))
    #expect(try model.sharesTokens(with: short, prompt: ""))
    #expect(try !short.sharesTokens(with: model, prompt: ""))
  }

  @Test func aSpecialTokenThatATextHasIsAPieceOfIt() throws {
    let text = Array("[SEP]".utf8)
    let pieces = try model.route().pieces(of: text, withSpecials: true)
    #expect(pieces.map(\.isSpecial) == [true, false, true])
    #expect(words(pieces, in: text) == [nil, "[SEP]", nil])
  }

  @Test func placesCountFromThePromptAndNoLimitCuts() throws {
    let prompt = "the cat: "
    let text = Array(String(repeating: "a ", count: 1_000).utf8)
    let route = try model.route(prompt: prompt)
    let pieces = try route.pieces(of: text, withSpecials: true)
    #expect(pieces.count > 1_002)
    #expect(words(Array(pieces.prefix(2)), in: Array(prompt.utf8) + text)[1]?.first == "t")
    #expect(pieces.compactMap(\.stop).max() == prompt.utf8.count + text.count - 1)
  }

  @Test func tokensBecomeTextAgain() throws {
    let ids = try model.route().encoding(of: Array("The cat, and the mat.".utf8)).ids
    #expect(try model.decoded(ids, skippingSpecials: true) == Array("the cat, and the mat.".utf8))
    let whole = String(
      decoding: try model.decoded(ids, skippingSpecials: false), as: UTF8.self)
    #expect(whole.hasPrefix("[CLS] the cat") && whole.hasSuffix("[SEP]"))
    let error = try #require(throws: FileError.self) {
      try model.decoded([1_000_000_000], skippingSpecials: true)
    }
    #expect(error.description.contains("the token id 1000000000 is not the tokenizer's"))
  }

  @Test func anEmptyTextHasOnlyWhatIsAdded() throws {
    #expect(try model.route().pieces(of: [], withSpecials: true).count == 2)
    #expect(try model.route().pieces(of: [], withSpecials: false).isEmpty)
    #expect(try model.decoded([], skippingSpecials: false).isEmpty)
  }
}

import ModelFiles
import Testing

@testable import Tokenizers

/// Doubles a text.
private struct Doubling: Normalizer {
  init(_ json: JSON) {}

  init() {}

  var description: String { "Doubling" }

  func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      output.append(contentsOf: source)
      output.append(contentsOf: source)
    }
  }
}

@Suite struct NormalizerSequenceTests {
  @Test func theyFollowEachOther() throws {
    let sequence = NormalizerSequence([Doubling(), Lowercase(), Doubling()])
    #expect(try sequence(Array("AÉ".utf8)) == Array("aéaéaéaé".utf8))
  }

  @Test func aTextThatGrowsWithoutEndIsRefused() {
    let sequence = NormalizerSequence((0..<100).map { _ in Doubling() })
    #expect(throws: FileError.self) { try sequence(Array("a".utf8)) }
  }
}

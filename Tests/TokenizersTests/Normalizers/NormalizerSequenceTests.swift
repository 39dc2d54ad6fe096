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

/// What must not be reached.
private struct Unreached: Normalizer {
  init(_ json: JSON) {}

  init() {}

  var description: String { "Unreached" }

  func callAsFunction(_ text: inout TextBuffer) { Issue.record("a text grew too long") }
}

@Suite struct NormalizerSequenceTests {
  @Test func theyFollowEachOther() throws {
    let sequence = NormalizerSequence([Doubling(), Lowercase(), Doubling()])
    #expect(try sequence(Array("AÉ".utf8)) == Array("aéaéaéaé".utf8))
  }

  @Test func aTextThatGrowsWithoutEndIsRefused() {
    let inner = NormalizerSequence([Doubling(), Unreached()])
    let sequence = NormalizerSequence([any Normalizer](repeating: Doubling(), count: 16) + [inner])
    let error = #expect(throws: FileError.self) { try sequence(Array("a".utf8)) }
    #expect(error?.description == TextGrowthTests.message(65_536 + 32))
  }
}

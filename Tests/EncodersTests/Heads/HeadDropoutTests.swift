import ModelFiles
import Testing

@testable import Encoders

/// What heads leave out, against transformers 5.23.0's classes …ForSequenceClassification.
@Suite struct HeadDropoutTests {
  private func rates(_ type: String, _ keys: String = "") throws -> HeadDropout {
    try HeadDropout(
      ModelConfig(JSON(Array("{\"model_type\":\"\(type)\"\(keys)}".utf8), name: "config.json")))
  }

  // The rates where config.json says nothing.
  @Test(arguments: [
    ("bert", 0, 0.1), ("ernie", 0, 0.1), ("gte", 0, 0.1), ("new", 0, 0.1), ("albert", 0, 0.1),
    ("roberta", 0.1, 0.1), ("xlm-roberta", 0.1, 0.1), ("camembert", 0.1, 0.1), ("mpnet", 0.1, 0.1),
    ("electra", 0.1, 0.1), ("distilbert", 0, 0.2), ("deberta", 0, 0.1), ("deberta-v2", 0, 0.1),
    ("modernbert", 0, 0), ("xlnet", 0, 0.1), ("xlm", 0.1, 0), ("flaubert", 0.1, 0), ("qwen3", 0, 0),
  ])
  func theyAreTransformersOwn(_ type: String, _ input: Double, _ output: Double) throws {
    let found = try rates(type)
    #expect(found.input == Float(input) && found.output == Float(output))
  }

  @Test func everyFamilyOfHeadsIsKnown() {
    #expect(Set(ClassificationHeads.known.keys).isSuperset(of: HeadDropout.known))
    let others = Set(ClassificationHeads.known.keys).subtracting(HeadDropout.known)
    #expect(
      others == ["gemma", "gemma2", "gemma3_text", "llama", "mistral", "qwen2", "qwen3"])
  }

  @Test func aKeyOfItsOwnCountsBeforeTheNetworks() throws {
    let hidden = ",\"hidden_dropout_prob\":0.3"
    #expect(try rates("bert", hidden).output == 0.3)
    #expect(try rates("bert", hidden + ",\"classifier_dropout\":0.25").output == 0.25)
    #expect(try rates("bert", hidden + ",\"classifier_dropout\":null").output == 0.3)
    #expect(try rates("deberta-v2", hidden + ",\"pooler_dropout\":0.5").input == 0.5)
  }

  @Test func whatIsNoShareIsRefused() {
    #expect(throws: FileError.self) { try rates("bert", ",\"classifier_dropout\":1.5") }
  }
}

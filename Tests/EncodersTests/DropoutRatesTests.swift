import ModelFiles
import TestSupport
import Testing

@testable import Encoders

@Suite struct DropoutRatesTests {
  typealias Rates = [TrainingPass.Site: Float]

  private func config(_ text: String) throws -> ModelConfig {
    try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
  }

  private static func bert(_ hidden: Float, _ weights: Float) -> Rates {
    [
      .embeddings: hidden, .attentionWeights: weights, .attentionOutput: hidden,
      .feedForwardOutput: hidden,
    ]
  }

  private static func t5(_ rate: Float) -> Rates {
    bert(rate, rate).merging([.feedForwardInner: rate, .final: rate]) { $1 }
  }

  private static let cases: [(String, Rates)] = [
    (#"{"model_type":"bert"}"#, bert(0.1, 0.1)),
    (
      #"{"model_type":"xlm-roberta","hidden_dropout_prob":0,"attention_probs_dropout_prob":0.2}"#,
      bert(0, 0.2)
    ),
    (
      #"{"model_type":"albert","hidden_dropout_prob":0.3}"#,
      [.embeddings: 0.3, .attentionWeights: 0, .attentionOutput: 0.3]
    ),
    (
      #"{"model_type":"bert","position_embedding_type":"alibi","hidden_dropout_prob":0.2}"#,
      [.embeddings: 0.2, .attentionWeights: 0.1, .attentionOutput: 0.2, .feedForwardInner: 0.2]
    ),
    (
      #"{"model_type":"distilbert","dropout":0.2}"#,
      [.embeddings: 0.2, .attentionWeights: 0.1, .feedForwardOutput: 0.2]
    ),
    (
      #"{"model_type":"deberta-v2"}"#,
      bert(0.1, 0.1).merging([.distances: 0.1, .convolution: 0.1]) { $1 }
    ),
    (
      #"{"model_type":"flaubert","attention_dropout":0.2,"layerdrop":0.4}"#,
      bert(0.1, 0.2).merging([.layers: 0.4]) { $1 }
    ),
    (
      #"{"model_type":"modernbert","attention_dropout":0.1,"mlp_dropout":0.2}"#,
      [.embeddings: 0, .attentionWeights: 0.1, .attentionOutput: 0.1, .feedForwardInner: 0.2]
    ),
    (#"{"model_type":"gte"}"#, bert(0.1, 0).merging([.feedForwardInner: 0.1]) { $1 }),
    (#"{"model_type":"nomic_bert"}"#, bert(0, 0)),
    (#"{"model_type":"nomic_bert","n_embd":64,"resid_pdrop":0.0}"#, bert(0, 0.1)),
    (#"{"model_type":"t5"}"#, t5(0.1)),
    (#"{"model_type":"mt5","dropout_rate":0}"#, t5(0)),
    (#"{"model_type":"xlnet"}"#, t5(0.1).merging([.distances: 0.1]) { $1 }),
    (#"{"model_type":"qwen3","attention_dropout":0.1}"#, [.attentionWeights: 0.1]),
  ]

  @Test(arguments: cases)
  func ratesAreTheReferences(text: String, expected: Rates) throws {
    let rates = try DropoutRates(config(text))
    #expect(rates.sites == Set(expected.keys))
    for (site, rate) in expected { #expect(rates[site] == rate, "\(site)") }
  }

  @Test func anotherRateIsForAllNumbersButNotForLayers() throws {
    let text = #"{"model_type":"flaubert","dropout":0,"layerdrop":0.4}"#
    let rates = try DropoutRates(config(text))
    #expect(rates.replaced(by: nil) == rates)
    let others = rates.replaced(by: 0.25)
    #expect(others.sites == rates.sites && others[.layers] == 0.4)
    #expect(others.sites.subtracting([.layers]).allSatisfy { others[$0] == 0.25 })
  }

  @Test(arguments: [
    (#"{"model_type":"bert","hidden_dropout_prob":1.5}"#, "should be between 0 and 1, is 1.5"),
    (#"{"model_type":"bert","hidden_dropout_prob":-1}"#, "should be between 0 and 1, is -1.0"),
    (#"{"model_type":"bert","hidden_dropout_prob":"0"}"#, #"should be a number, is "0""#),
  ])
  func aRateThatCannotBeIsRefused(text: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try DropoutRates(config(text)) }
    #expect(error.description == "config.json: `hidden_dropout_prob` \(message)")
  }

  @Test func everyNetworkHasItsRates() {
    #expect(Set(Architectures.known.keys).subtracting(DropoutRates.known) == [])
  }

  @Test func publishedConfigurationsHaveRatesAndRows() throws {
    for name in Fixture.folders("configurations") where name.hasSuffix(".json") {
      let config = try ModelConfig(JSON(file: Fixture.path("configurations/\(name)")))
      let type = try config.json.string("model_type", default: "")
      guard Architectures.known[type] != nil else { continue }
      _ = try DropoutRates(config)
      _ = try Architectures.untrainedRows(config)
    }
  }
}

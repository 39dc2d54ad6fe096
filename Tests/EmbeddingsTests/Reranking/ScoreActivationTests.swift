import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

/// What makes scores of logits, and which file says so.
@Suite struct ScoreActivationTests {
  private func json(_ text: String, _ name: String) throws -> JSON {
    try JSON(Array(text.utf8), name: name)
  }

  private static let (new, old) = (
    #"{"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Tanh"}}"#,
    #"{"sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity"}"#
  )

  @Test(
    arguments: [
      (nil, nil, 1, .sigmoid, "one label: the default"),
      (nil, nil, 3, .identity, "3 labels: the default"),
      (
        #"{"activation_fn":"torch.nn.modules.linear.Identity"}"#, new, 1, .identity,
        "config_sentence_transformers.json: activation_fn"
      ),
      (
        #"{"activation_fn":null}"#, new, 1, .tanh,
        "config.json: sentence_transformers.activation_fn"
      ),
      (nil, old, 1, .identity, "config.json: sbert_ce_default_activation_function"),
      // The later name hides the older one, even where it says nothing.
      (
        nil,
        #"{"sentence_transformers":{"activation_fn":null},"sbert_ce_default_activation_function":"torch.nn.Tanh"}"#,
        1, .sigmoid, "one label: the default"
      ),
      (nil, #"{"sentence_transformers":{"version":"5"}}"#, 1, .sigmoid, "one label: the default"),
      (
        nil, #"{"sbert_ce_default_activation_function":"torch.nn.Softmax"}"#, 2, .softmax,
        "config.json: sbert_ce_default_activation_function"
      ),
    ] as [(String?, String?, Int, ScoreActivation, String)])
  func theFirstThatSaysItCounts(
    settings: String?, config: String?, labels: Int, activation: ScoreActivation, origin: String
  ) throws {
    let found = try ScoreActivation.resolved(
      settings: settings.map { try json($0, "x/config_sentence_transformers.json") },
      config: config.map { try json($0, "x/config.json") }, labels: labels)
    #expect(found.activation == activation)
    #expect(found.origin == origin)
    #expect(found.warning == nil)
  }

  @Test func codeOfTheModelsOwnIsNotRun() throws {
    let config = try json(
      #"{"sbert_ce_default_activation_function":"mine.Activation"}"#, "config.json")
    let found = try ScoreActivation.resolved(settings: nil, config: config, labels: 1)
    #expect(found.activation == .sigmoid)
    #expect(
      found.warning
        == "config.json: `sbert_ce_default_activation_function` is `mine.Activation`, which is not "
        + "PyTorch's own and not run; sigmoid, the default, is taken, as in sentence-transformers")
    let settings = try json(#"{"activation_fn":"mine.Activation"}"#, "settings.json")
    let later = try ScoreActivation.resolved(
      settings: settings, config: json(Self.new, "x/config.json"), labels: 1)
    #expect(later.activation == .tanh)
    #expect(
      later.warning
        == "settings.json: `activation_fn` is `mine.Activation`, which is not PyTorch's own and not "
        + "run; tanh, of config.json: sentence_transformers.activation_fn, is taken, as in "
        + "sentence-transformers")
    let other = try json(
      #"{"sbert_ce_default_activation_function":"torch.nn.ReLU"}"#, "config.json")
    let error = #expect(throws: FileError.self) {
      try ScoreActivation.resolved(settings: nil, config: other, labels: 1)
    }
    #expect(
      error?.description.hasSuffix("computed are Identity, Sigmoid, Tanh and Softmax") == true)
  }

  // Values of PyTorch 2.15, to its digits.
  @Test func valuesAreTheReferences() {
    expectClose(
      ScoreActivation.sigmoid([-2, 0, 3]), [0.1192029, 0.5, 0.95257413], tolerance: 1e-7)
    expectClose(ScoreActivation.tanh([-2, 0.5]), [-0.9640276, 0.46211717], tolerance: 1e-7)
    expectClose(
      ScoreActivation.softmax([1000, 1001, 999]), [0.24472848, 0.66524094, 0.09003057],
      tolerance: 1e-7)
    #expect(ScoreActivation.identity([1, -2]) == [1, -2])
    #expect(ScoreActivation.softmax([]) == [])
  }
}

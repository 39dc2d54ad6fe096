import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Embeddings

/// Activations against what PyTorch 2.15.0 gave (Tests/Fixtures/activations.json).
@Suite struct TorchActivationTests {
  static let recorded = Fixture.path("activations.json")

  private func named(
    _ text: String, tokens: Bool = false
  ) throws -> (TorchActivation, warning: String?) {
    let files = try TensorFile(folder: Fixture.path("pipelines/dense-residual/2_Dense"))
    return try TorchActivation.named(
      JSON(Array(text.utf8), name: "config.json"), Weights(files),
      over: tokens ? .tokens(4, vocabulary: nil) : .texts(4))
  }

  @Test(arguments: ["each", "rows"]) func everyOneIsPyTorchs(kind: String) throws {
    let json = try JSON(file: Self.recorded)
    let x = try json.floats("x")
    let recorded = try json.object(kind).members.map { $0 }
    #expect(recorded.count == (kind == "rows" ? 3 : 22))
    for (key, value) in recorded {
      let name = try key.string()
      let (activation, warning) = try named(#"{"activation_function":"\#(name)"}"#)
      #expect(warning == nil)
      // The product before it is one with the identity.
      let eye = (0..<x.count).flatMap { row in (0..<x.count).map { $0 == row ? Float(1) : 0 } }
      let product = Tensor([1, x.count], x).linear(
        Weight(rows: Tensor([x.count, x.count], eye)), bias: nil, then: activation.fused)
      let expected = try value.elements.map { Float(try $0.double()) }
      for (index, (got, requested)) in zip(activation(product).elements, expected).enumerated() {
        // The kernels' own bound, 2e-7 · max(1, |x|), and a unit in the last place.
        let error = (got - requested).magnitude
        #expect(error <= 3e-7 * max(1, x[index].magnitude), "\(name) of \(x[index])")
      }
    }
  }

  @Test func everyOnesDerivativeIsPyTorchs() throws {
    let json = try JSON(file: Self.recorded)
    let (numbers, row, dy) = (try json.floats("x"), try json.floats("row"), try json.floats("dy"))
    let rows = try json.object("rows").members.map { try $0.0.string() }
    let recorded = try json.object("slopes").members.map { $0 }
    #expect(recorded.count == 25)
    for (key, value) in recorded {
      let name = try key.string()
      let (activation, _) = try named(#"{"activation_function":"\#(name)"}"#)
      let x = Tensor([1, dy.count], rows.contains(name) ? row : numbers).tracked()
      let y = activation(x.activated(activation.fused))
      let found = try #require(Gradients(of: y, seed: Tensor(y.shape, dy))[x]).dense(y.shape)
      let expected = try value.elements.map { Float(try $0.double()) }
      // The kernels' own bound, 3e-7 of dy, up to 2; a row's sum of 23 such numbers is right to 2e-6.
      for (index, (found, expected)) in zip(found.elements, expected).enumerated() {
        let error = (found - expected).magnitude
        #expect(
          error <= 2e-6 * max(1, expected.magnitude), "\(name) at \(x.elements[index])")
      }
    }
  }

  @Test(arguments: [
    (#"{"activation_function":null}"#, "Identity"), ("{}", "Tanh"),
    (#"{"activation_function":"torch.nn.Sigmoid"}"#, "Sigmoid"),
    (#"{"activation_function":"torch.nn.modules.linear.Identity"}"#, "Identity"),
  ])
  func whatIsNotSaidIsTheReferencesDefault(text: String, expected: String) throws {
    let (activation, warning) = try named(text)
    #expect(activation.name == expected && warning == nil)
  }

  @Test(arguments: ["os.system", "mine.Wiggle", ""])
  func codeOfTheModelsOwnIsTanhAndOdd(path: String) throws {
    let (activation, warning) = try named(#"{"activation_function":"\#(path)"}"#)
    #expect(activation.name == "Tanh")
    #expect(warning?.contains("`\(path)`") == true)
  }

  @Test(arguments: [
    "torch.os.system", "torch.nn.modules.activation.Threshold", "torch.nn.functional.gelu",
    "torch.nn.modules.activation.MultiheadAttention", "torch.nn.Softmax2d", "torch.tanh",
    "torch.nn.modules.activation.", "torch.",
  ])
  func anotherPathOfTorchIsRefused(path: String) throws {
    let error = try #require(throws: FileError.self) {
      try named(#"{"activation_function":"\#(path)"}"#)
    }
    let known = TorchActivation.names.joined(separator: ", ")
    #expect(
      error.description
        == "config.json: activation_function `\(path)` is not known; known are those of torch.nn that "
        + "need no arguments and keep a vector's length: \(known)")
  }

  @Test func theWeightOfPReLUIsNeeded() throws {
    let error = try #require(throws: FileError.self) {
      try named(#"{"activation_function":"torch.nn.modules.activation.PReLU"}"#)
    }
    let file = Fixture.path("pipelines/dense-residual/2_Dense/model.safetensors")
    #expect(
      error.description
        == "\(file): no tensor `weight`, which config.json's model_type needs with the shape [1]")
  }

  @Test func rowsOfTokensAreNotMixed() throws {
    let text = #"{"activation_function":"torch.nn.modules.activation.Softmax"}"#
    #expect(throws: FileError.self) { try named(text, tokens: true) }
  }
}

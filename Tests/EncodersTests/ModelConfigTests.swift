import ModelFiles
import TestSupport
import Testing

@testable import Encoders

@Suite struct ModelConfigTests {
  private func config(_ text: String) throws -> ModelConfig {
    try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
  }

  @Test(arguments: [
    ("{}", "is missing, should be a whole number"),
    (#"{"n":null}"#, "should be a whole number, is null"),
    (#"{"n":"3"}"#, #"should be a whole number, is "3""#),
    (#"{"n":3.5}"#, "should be a whole number, is 3.5"),
    (#"{"n":0}"#, "should be between 1 and 16777216, is 0"),
    (#"{"n":-4}"#, "should be between 1 and 16777216, is -4"),
    (#"{"n":1099511627776}"#, "should be between 1 and 16777216, is 1099511627776"),
  ])
  func aCountThatCannotBeIsRefused(text: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try config(text).count("n") }
    #expect(error.description == "config.json: `n` \(message)")
  }

  @Test func aMillionLayersAreRefused() throws {
    #expect(try config(#"{"n":48}"#).layers("n") == 48)
    let error = try #require(throws: FileError.self) { try config(#"{"n":1000000}"#).layers("n") }
    #expect(error.description == "config.json: `n` is 1000000, should be at most 4096")
  }

  @Test func aWidthThatNoModelHasIsRefused() throws {
    #expect(try config(#"{"n":262144}"#).width("n") == 262_144)
    #expect(try config("{}").width("n", default: 64) == 64)
    let error = try #require(throws: FileError.self) { try config(#"{"n":262145}"#).width("n") }
    #expect(error.description == "config.json: `n` is 262145, should be at most 262144")
  }

  @Test func headsMustDivideTheHiddenSize() throws {
    let config = try config(#"{"heads":3}"#)
    #expect(try config.heads("heads", hidden: 9) == 3)
    let error = try #require(throws: FileError.self) { try config.heads("heads", hidden: 10) }
    #expect(
      error.description == "config.json: `heads` is 3, which does not divide the hidden size 10")
  }

  @Test func anUnknownActivationIsNamedAndTheKnownListed() throws {
    let error = try #require(throws: FileError.self) {
      try config(#"{"act":"mish2"}"#).activation("act")
    }
    let known = ModelConfig.activations.keys.sorted().joined(separator: ", ")
    #expect(
      error.description
        == "config.json: `act` is `mish2`, which is not known; known are \(known)")
  }

  @Test func anUnknownModelTypeIsNamedAndTheKnownListed() throws {
    let weights = try Weights(TensorFile(folder: Fixture.tinyBERT))
    let error = try #require(throws: FileError.self) {
      try Architectures.encoder(config(#"{"model_type":"bart"}"#), weights)
    }
    let known = Architectures.known.keys.sorted().joined(separator: ", ")
    #expect(
      error.description
        == "config.json: model_type `bart` is not supported; known are \(known)")
  }
}

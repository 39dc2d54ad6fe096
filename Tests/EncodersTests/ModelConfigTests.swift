import ModelFiles
import TestSupport
import Testing

@testable import Encoders

@Suite struct ModelConfigTests {
  private func config(_ text: String) throws -> ModelConfig {
    try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
  }

  @Test(arguments: [
    ("{}", "`n`"), (#"{"n":null}"#, "`n`"), (#"{"n":"3"}"#, "whole number"),
    (#"{"n":3.5}"#, "whole number"), (#"{"n":0}"#, "between 1 and"),
    (#"{"n":-4}"#, "between 1 and"), (#"{"n":1099511627776}"#, "between 1 and"),
  ])
  func aCountThatCannotBeIsRefused(text: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try config(text).count("n") }
    #expect(error.description.contains("config.json") && error.description.contains(message))
  }

  @Test func aMillionLayersAreRefused() throws {
    #expect(try config(#"{"n":48}"#).layers("n") == 48)
    let error = try #require(throws: FileError.self) { try config(#"{"n":1000000}"#).layers("n") }
    #expect(error.description.contains("`n` is 1000000, should be at most 4096"))
  }

  @Test func headsMustDivideTheHiddenSize() throws {
    let config = try config(#"{"heads":3}"#)
    #expect(try config.heads("heads", hidden: 9) == 3)
    let error = try #require(throws: FileError.self) { try config.heads("heads", hidden: 10) }
    #expect(error.description.contains("does not divide"))
  }

  @Test func anUnknownActivationIsNamedAndTheKnownListed() throws {
    let error = try #require(throws: FileError.self) {
      try config(#"{"act":"mish2"}"#).activation("act")
    }
    #expect(error.description.contains("`mish2`") && error.description.contains("gelu_new"))
  }

  @Test func anUnknownModelTypeIsNamedAndTheKnownListed() throws {
    let weights = try Weights(TensorFile(folder: Fixture.tinyBERT))
    let error = try #require(throws: FileError.self) {
      try Architectures.encoder(config(#"{"model_type":"bart"}"#), weights)
    }
    #expect(error.description.contains("`bart`") && error.description.contains("bert"))
  }
}

import ModelFiles
import Tensors
import Testing

@testable import Encoders

/// What config.json says of rotary positions; what it makes of rows is in HiddenStatesTests.
@Suite struct RotaryConfigTests {
  private static let needs = "scaling of rotary positions needs"

  /// Members of config.json, and the message about them.
  private static let refused: [(config: String, message: String)] = [
    (
      #""rope_scaling": {"type": "linear"}"#,
      "linear \(needs) `factor`, which is missing"
    ),
    (
      #""rope_scaling": {"type": "linear", "factor": null}"#,
      "linear \(needs) `factor`, which is missing"
    ),
    (
      #""rope_scaling": {"type": "dynamic", "factor": 0}"#,
      "`factor` of dynamic scaling is 0, should be above 0"
    ),
    (
      #""rope_parameters": {"rope_type": "yarn", "original_max_position_embeddings": 16}"#,
      "yarn \(needs) `factor`, which is missing"
    ),
    (
      #""rope_scaling": {"type": "yarn", "factor": 2, "original_max_position_embeddings": 0}"#,
      "`original_max_position_embeddings` of yarn scaling is 0, should be above 0"
    ),
    (
      #""rope_scaling": {"type": "yarn", "factor": 2, "beta_fast": -32}"#,
      "`beta_fast` of yarn scaling is -32, should be above 0"
    ),
    (
      #""rope_theta": 1, "rope_scaling": {"type": "yarn", "factor": 2}"#,
      "`rope_theta` is 1, should be another with yarn scaling"
    ),
    (
      #""rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1}"#,
      "llama3 \(needs) `high_freq_factor`, which is missing"
    ),
    (
      #""rope_scaling": {"type": "longrope", "long_factor": [1, 2, 3, 4]}"#,
      "longrope \(needs) `short_factor`, which is missing"
    ),
    (
      #""rope_scaling": {"type": "longrope", "long_factor": [1, 2, 3]}"#,
      "`long_factor` of longrope scaling should be 4 numbers above 0, half as many as a head "
        + "has columns; has 3"
    ),
    (
      #""rope_scaling": {"type": "longrope", "original_max_position_embeddings": 1}"#,
      "`original_max_position_embeddings` is 1, should be more with longrope scaling"
    ),
    (
      #""partial_rotary_factor": 0.5, "rope_scaling": {"type": "linear", "factor": 2}"#,
      "`partial_rotary_factor` is 0.5, should be 1 with linear scaling"
    ),
    (
      #""partial_rotary_factor": 1.5, "rope_scaling": {"type": "proportional"}"#,
      "`partial_rotary_factor` is 1.5, should be between 0 and 1"
    ),
    (
      #""rope_scaling": {"type": "ntk", "factor": 2}"#,
      "rotary scaling `ntk` is not computed; known are default, dynamic, linear, llama3, "
        + "longrope, proportional, yarn"
    ),
    (
      #""rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 2}}"#,
      "rotary positions are told for `full_attention` alone, should be for all layers of this "
        + "`model_type` at once"
    ),
    (#""rope_theta": 0"#, "`rope_theta` is 0.0, should be above 0"),
  ]

  private static func config(_ members: String) throws -> ModelConfig {
    let text = #"{"max_position_embeddings": 64, \#(members)}"#
    return try ModelConfig(JSON(Array(text.utf8), name: "config.json"))
  }

  @Test(arguments: refused) func whatCannotBeComputedIsRefused(config: String, message: String)
    throws
  {
    let error = try #require(throws: FileError.self) {
      try Self.config(config).rotary(size: 8, theta: 10_000, positions: 64)
    }
    #expect(error.description == "config.json: " + message)
  }

  @Test func headsAreEvenAndWiderThanOnePairWhereThatGrows() throws {
    let plain = try Self.config(#""rope_theta": 100"#)
    let odd = #expect(throws: FileError.self) {
      try plain.rotary(size: 7, theta: 10_000, positions: 64)
    }
    #expect(
      odd?.description == "config.json: heads of 7 columns cannot be turned; should be even")
    let growing = try Self.config(#""rope_scaling": {"type": "dynamic", "factor": 2}"#)
    let narrow = #expect(throws: FileError.self) {
      try growing.rotary(size: 2, theta: 10_000, positions: 64)
    }
    #expect(
      narrow?.description
        == "config.json: heads of 2 columns have no dynamic scaling; should have more")
  }

  @Test func olderFilesAddToTheObjectOfTheirLayers() throws {
    let config = try Self.config(
      #""rope_parameters": {"sliding_attention": {}}, "rope_scaling": {"factor": 2}"#)
    let error = #expect(throws: FileError.self) {
      try config.rotary(
        size: 8, .whole, key: "rope_theta", theta: 10_000, positions: 64, isScaled: true)
    }
    #expect(
      error?.description
        == "config.json: `rope_parameters` has no `full_attention` for `rope_scaling` to add to")
  }

  /// The new BERT of GTE has one formula of its own, and no other.
  @Test(
    arguments: [
      (
        #"{"type": "dynamic", "factor": 2}"#,
        "rotary scaling `dynamic` is not computed; known are default, ntk"
      ),
      (
        #"{"type": "ntk", "factor": 2, "mixed_b": 1}"#,
        "`mixed_b` of ntk scaling is not computed; it should be null"
      ),
    ]) func gtesOwnCodeHasItsOwnScaling(scaling: String, message: String) throws
  {
    let config = try Self.config(#""rope_scaling": \#(scaling)"#)
    let error = try #require(throws: FileError.self) {
      try config.rotary(size: 8, theta: 10_000, positions: 64, rule: .new)
    }
    #expect(error.description == "config.json: " + message)
  }

  /// A text of as many tokens as the model takes is turned as shorter ones are, one more is not.
  @Test func positionsAreStretchedBeyondTheLimitAlone() throws {
    let positions = try Self.config(#""rope_scaling": {"type": "dynamic", "factor": 2}"#)
      .rotary(size: 8, theta: 10_000, positions: 64)
    func row(of tokens: Int) -> [Float] {
      Array(positions.table(of: tokens).elements[8 * 3..<8 * 4])
    }
    let stretched = row(of: 65)
    #expect(row(of: 64) == row(of: 4))
    #expect(stretched != row(of: 64))
    #expect(row(of: 65) == stretched)
    #expect(row(of: 66) != stretched)
  }
}

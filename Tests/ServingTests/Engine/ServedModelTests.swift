import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// The names of several models, and the ways through them.
@Suite struct ServedModelTests {
  private let other = Fixture.path("pipelines/bert-max")

  @Test func anyNameMeansTheFirstOnlyWhereNoModelHasIt() async throws {
    var options = ServeOptions()
    options.servedNames = ["*", "ada"]
    let service = try Service(
      options,
      [
        ServedModel(folder: Fixture.tinyBERT, options),
        ServedModel(folder: other, ServeOptions()),
      ])
    for (name, id) in [
      ("bert-max", "bert-max"), ("org/bert-max:latest", "bert-max"), ("ada", "bert-tiny"),
      ("whatever", "bert-tiny"),
    ] {
      #expect(try service.model(named: name).id == id)
    }
  }

  @Test func twoModelsOfOneNameAreRefused() throws {
    let error = #expect(throws: FileError.self) {
      _ = try RunningService(models: [Fixture.tinyBERT, other, Fixture.tinyBERT])
    }
    #expect(error?.description.contains("bert-tiny") == true)
  }

  private let long = (0..<60).map { "cat \($0)" }.joined(separator: " ")

  /// The vector of a text, or why there is none.
  private func embed(
    _ running: RunningService, _ text: String, _ direction: String?, _ path: String = "/embed"
  ) async throws -> (status: Int, text: String) {
    let member = direction.map { #","truncation_direction":"\#($0)""# } ?? ""
    let (status, json) = try await running.post(path, #"{"inputs":"\#(text)"\#(member)}"#)
    return (status, String(decoding: json.source, as: UTF8.self))
  }

  @Test func textsAreCutAtTheEndThatIsAskedFor() async throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.write(
      "tokenizer_config.json",
      try folder.text("tokenizer_config.json").replacing(
        "{\n", with: "{\n\"truncation_side\": \"left\",\n", maxReplacements: 1))
    let (right, left) = (try RunningService(), try RunningService(folder.path))
    let (cutRight, cutLeft) = (
      try await embed(right, long, nil).text, try await embed(right, long, "Left").text
    )
    #expect(cutRight != cutLeft)
    #expect(try await embed(right, long, "Right").text == cutRight)
    #expect(try await embed(left, long, nil).text == cutLeft)
    #expect(try await embed(left, long, "Left").text == cutLeft)
    #expect(try await embed(left, long, "Right").text == cutRight)
  }

  @Test func pairsAreCutAtTheEndThatIsAskedFor() async throws {
    let running = try RunningService(Fixture.path("kinds/ce_bert"))
    let document = long + " " + long + " " + long + " " + long
    func scores(_ direction: String, _ text: String) async throws -> String {
      let body =
        #"{"query":"q","texts":["\#(text)"],"raw_scores":true,"#
        + #""truncation_direction":"\#(direction)"}"#
      let (status, json) = try await running.post("/rerank", body)
      #expect(status == 200)
      return String(decoding: json.source, as: UTF8.self)
    }
    #expect(try await scores("Left", document) != scores("Right", document))
    #expect(try await scores("Left", "a") == scores("Right", "a"))
    let predicted = try await embed(running, document, "Left", "/predict")
    #expect(predicted.status == 200)
    #expect(try await embed(running, document, "Right", "/predict").text != predicted.text)
  }

  @Test(arguments: ["pipelines/word-embeddings", "pipelines/bow"])
  func whereTheBeginningCannotBeCutThatIsSaid(model: String) async throws {
    let running = try RunningService(Fixture.path(model))
    let (status, text) = try await embed(running, "a cat", "Left")
    #expect(status == 422 && text.contains("truncation_direction"))
    #expect(try await embed(running, "a cat", "Right").status == 200)
  }
}

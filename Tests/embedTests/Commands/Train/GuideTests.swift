import ModelFiles
import TestSupport
import Testing

/// Training with a model beside the trained one that says which texts are alike.
@Suite struct GuideTests {
  private let scratch: ScratchFolder
  private var output: String { scratch.file("out") }

  init() throws {
    scratch = try ScratchFolder()
    try scratch.write(
      "pairs.csv",
      "anchor,positive\n" + (0..<12).map { "the cat \($0),a cat \($0) sleeps\n" }.joined())
  }

  private func train(_ arguments: String...) throws -> CommandResult {
    var command = try embedCommand(["train", "--quiet"] + arguments)
    command.folder = scratch.path
    command.seconds = 120
    return try command([])
  }

  private func weights(_ folder: String) throws -> [UInt8] {
    try readFile("\(folder)/model.safetensors", limit: 1 << 24)
  }

  @Test func theGuideIsInTheRecipeAndInTheCard() throws {
    let guide = Fixture.path("training/runs/models/bert")
    let trained = try train(
      "-m", Models.tiny, "--loss", "gist", "--loss-options", #"{"guide":"\#(guide)"}"#,
      "--batch-size", "4", "--output", "out", "pairs.csv")
    #expect(trained.ending == .exited(0), "\(trained.stderr)")
    let recipe = try JSON(file: "\(output)/recipe.json")
    let loss = try Array(recipe.array("datasets").elements)[0].object("loss")
    #expect(try loss.string("guide") == guide && loss.string("name") == "gist")
    let card = String(
      decoding: try readFile("\(output)/README.md", limit: 1 << 20), as: UTF8.self)
    #expect(card.contains("GISTEmbed: Guided") && card.contains(#""guide": "bert""#))
    // What it made of the texts is not left behind.
    #expect(try folderEntries(output).allSatisfy { !$0.contains("guide") })
    let again = try train("--recipe", "out/recipe.json", "--output", "again")
    #expect(again.ending == .exited(0), "\(again.stderr)")
    #expect(try weights(output) == weights(scratch.file("again")))
  }

  @Test func aGuideThatIsNotThereIsNamed() throws {
    let result = try train(
      "-m", Models.tiny, "--loss", "gist", "--loss-options", #"{"guide":"no-such-model"}"#,
      "--output", "out", "pairs.csv")
    #expect(result.ending == .exited(1) && result.stderr.contains("no-such-model"))
  }
}

import ModelFiles
import TestSupport
import Testing

/// `embed average`.
@Suite struct AverageTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func average(_ arguments: [String]) throws -> CommandResult {
    try embedCommand(["average"] + arguments + ["--output", scratch.file("mean")])([])
  }

  private func weights(_ path: String) throws -> [String: [Float]] {
    let file = try TensorFile(safetensors: path + "/model.safetensors")
    return try Dictionary(
      uniqueKeysWithValues: file.names.compactMap { file[$0] }.filter { $0.type == .f32 }.map {
        raw in
        (raw.name, try raw.withBytes { Array($0.bindMemory(to: Float.self)) })
      })
  }

  /// A model that has learned something.
  private func trained(_ name: String, seed: Int) throws -> String {
    try scratch.write(
      "pairs.csv",
      "sentence1,sentence2,score\n" + (0..<8).map { "a cat \($0),a dog,0.\($0)\n" }.joined())
    let path = scratch.file(name)
    let result = try embed(
      "train", "-m", Models.tiny, "--quiet", "--batch-size", "4", "--seed", "\(seed)",
      "--learning-rate", "1e-2", "--output", path, scratch.file("pairs.csv"), seconds: 120)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return path
  }

  @Test(arguments: [(nil, [0.5, 0.5]), ("3,1", [0.75, 0.25])] as [(String?, [Float])])
  func eachWeightIsTheMean(_ asked: String?, _ shares: [Float]) throws {
    let models = try [trained("a", seed: 1), trained("b", seed: 2)]
    let result = try average(models + (asked.map { ["--weights", $0] } ?? []))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.text.contains("the mean of 2 models"))
    let (a, b) = try (weights(models[0]), weights(models[1]))
    let mean = try weights(scratch.file("mean"))
    #expect(mean.keys == a.keys)
    var isChanged = false
    for (name, found) in mean {
      for (index, value) in found.enumerated() {
        let (x, y) = (a[name]?[index] ?? .nan, b[name]?[index] ?? .nan)
        isChanged = isChanged || x != y
        #expect((value - (shares[0] * x + shares[1] * y)).magnitude <= 1e-6)
      }
    }
    #expect(isChanged)
    let card = try scratch.text("mean/README.md")
    #expect(card.contains("| a | \(shares[0]) |") && card.contains("| b | \(shares[1]) |"))
  }

  @Test func ofItselfAModelIsTheMean() throws {
    let result = try average([Models.tiny, Models.tiny, Models.tiny])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let before = try embed("encode", "-m", Models.tiny, input: "the cat sat\n")
    let after = try embed("encode", "-m", scratch.file("mean"), input: "the cat sat\n")
    #expect(before.text == after.text && !before.text.isEmpty)
  }

  @Test func modelsThatAreNotAlikeAreRefused() throws {
    let (other, vocabulary) = try (
      ScratchFolder(copyOf: Models.tiny), ScratchFolder(copyOf: Models.tiny)
    )
    try other.edit("1_Pooling/config.json") {
      $0["pooling_mode_cls_token"] = true
      $0["pooling_mode_mean_tokens"] = false
    }
    let text = try vocabulary.text("tokenizer.json")
    try vocabulary.write("tokenizer.json", text.replacing("\"cat\"", with: "\"kat\""))
    for (model, says) in [
      (other.path, "only models of the same modules have a mean"),
      (vocabulary.path, "its tokenizer has other tokens"),
    ] {
      let result = try average([Models.tiny, model])
      #expect(result.ending == .exited(1) && result.stderr.contains(says), "\(result.stderr)")
      let names = try scratch.names
      #expect(result.stderr.contains(model) && !names.contains("mean"))
    }
  }

  @Test(arguments: [
    (["a"], "two models or more"), (["a", "b", "--weights", "1"], "1 numbers for 2 models"),
    (["a", "b", "--weights", "0,0"], "all 0"), (["a", "b", "--weights", "1,-1"], "at least 0"),
    (["a", "b", "--weights", "1,x"], "at least 0"),
  ])
  func wrongUseIsSaid(_ arguments: [String], _ says: String) throws {
    let result = try average(arguments)
    #expect(result.ending == .exited(64) && result.stderr.contains(says), "\(result.stderr)")
  }
}

import ModelFiles
import TestSupport
import Testing

/// Training on a teacher's vectors, and with some of a model's layers, through the command.
@Suite struct TeacherTests {
  private let scratch: ScratchFolder
  private let narrow = Fixture.path("pipelines/bert-max")

  init() throws {
    scratch = try ScratchFolder()
    try scratch.write(
      "pairs.tsv", (0..<20).map { "the cat \($0) sleeps.\tle chat \($0) dort.\n" }.joined())
  }

  private func train(_ arguments: String..., output: String = "out") throws -> CommandResult {
    var command = try embedCommand(
      ["train", "--batch-size", "4", "--output", output] + arguments,
      environment: ["TMPDIR": scratch.path])
    command.folder = scratch.path
    command.seconds = 120
    return try command([])
  }

  private func weights(_ folder: String) throws -> TensorFile {
    try TensorFile(folder: scratch.file(folder))
  }

  /// Trains by the recipe that the run wrote, and compares all weights.
  private func expectTheRecipeRepeats(_ files: String...) throws {
    let again = try train("--recipe", "out/recipe.json", output: "again")
    #expect(again.ending == .exited(0), "\(again.stderr)")
    for file in files {
      #expect(try scratch.bytes("out/\(file)") == scratch.bytes("again/\(file)"))
    }
  }

  private func width(_ folder: String) throws -> Int {
    let result = try embed("encode", "-m", folder, input: "a cat\n", folder: scratch.path)
    return numbers(result.lines.first ?? "").count
  }

  @Test func aDenseMakesVectorsAsLongAsTheTeachers() throws {
    let result = try train(
      "-m", narrow, "--teacher", Models.tiny, "--project", "dense", "pairs.tsv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("20 pairs (source, target): MSELoss"), "\(result.stderr)")
    #expect(try width("out") == 32)
    let config = try JSON(file: scratch.file("out/2_Dense/config.json"))
    #expect(try config.int("in_features") == 16 && config.int("out_features") == 32)
    #expect(
      try config.string("activation_function") == "torch.nn.modules.linear.Identity")
    #expect(try scratch.text("out/README.md").contains("(2): Dense"))
    #expect(try !folderEntries(scratch.file("out")).contains("state"))
    let recipe = try JSON(file: scratch.file("out/recipe.json"))
    #expect(try recipe.string("model") == narrow && recipe.string("project") == "dense")
    try expectTheRecipeRepeats("model.safetensors", "2_Dense/model.safetensors")
  }

  @Test func principalComponentsMakeTheTeachersVectorsAsShortAsTheModels() throws {
    let result = try train("-m", narrow, "--teacher", Models.tiny, "--project", "pca", "pairs.tsv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(try width("out") == 16)
    try expectTheRecipeRepeats("model.safetensors")
  }

  @Test func someLayersAreAModel() throws {
    let result = try train("-m", Models.tiny, "--keep-layers", "1", "pairs.tsv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let config = try JSON(file: scratch.file("out/config.json"))
    #expect(try config.int("num_hidden_layers") == 1)
    let names = try weights("out").names
    #expect(names.contains { $0.contains("encoder.layer.0.") })
    #expect(!names.contains { $0.contains("encoder.layer.1.") })
    #expect(try width("out") == 32)
    let recipe = try JSON(file: scratch.file("out/recipe.json"))
    #expect(try recipe.array("keep_layers").elements.map { try $0.int() } == [1])
    try expectTheRecipeRepeats("model.safetensors")
  }

  @Test func aPlainNetworkBecomesAModelWithADense() throws {
    let plain = try ScratchFolder(copyOf: Models.tiny)
    try plain.remove("modules.json")
    let result = try train(
      "-m", plain.path, "--pooling", "cls", "--keep-layers", "0", "--teacher", narrow, "--project",
      "dense", "pairs.tsv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(try width("out") == 16)
    let pooling = try JSON(file: scratch.file("out/1_Pooling/config.json"))
    #expect(try pooling.bool("pooling_mode_cls_token", default: false))
  }

  @Test func whatWouldBeDoneIsSaidAndNothingIsLeft() throws {
    let result = try train(
      "-m", narrow, "--keep-layers", "0", "--teacher", Models.tiny, "--project", "dense",
      "--dry-run", "pairs.tsv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stderr.contains("MSELoss"))
    #expect(try scratch.names == ["pairs.tsv"])
  }

  @Test(
    arguments: [
      (["--teacher", "NARROW"], "bert-max's vectors have 16 numbers, those of bert-tiny 32"),
      (
        ["--teacher", "NARROW", "--project", "pca"],
        "have 16 numbers, the model's 32; take --project dense"
      ),
      (["--teacher", Models.tiny, "--project", "pca"], "32; leave it out"),
      (["--keep-layers", "0,2"], "layer 2 should be kept, but the network has layers 0 to 1"),
      (
        ["-m", Fixture.path("pipelines/static-embedding"), "--keep-layers", "0"],
        "begins with a StaticEmbedding, which has no layers to keep"
      ),
      (["--parallel"], "--parallel takes two files or more"),
    ] as [([String], String)])
  func whatCannotBeDoneIsSaidFirst(words: [String], message: String) throws {
    let model = words.contains("-m") ? [] : ["-m", Models.tiny]
    var command = try embedCommand(
      ["train", "--output", "out"] + model + words.map { $0 == "NARROW" ? narrow : $0 }
        + ["pairs.tsv"])
    command.folder = scratch.path
    let result = try command([])
    #expect(result.ending == .exited(1) && result.stderr.contains(message), "\(result.stderr)")
    #expect(try scratch.names == ["pairs.tsv"])
  }

  @Test func tooFewTextsHaveNoComponents() throws {
    try scratch.write("few.tsv", "the cat sleeps.\tle chat dort.\n")
    let result = try train("-m", narrow, "--teacher", Models.tiny, "--project", "pca", "few.tsv")
    #expect(
      result.ending == .exited(1)
        && result.stderr.contains(
          "16 directions are found in 16 texts or more, and 1 are trained on"),
      "\(result.stderr)")
  }

  @Test(arguments: [
    (["--project", "pca"], "--project needs --teacher"),
    (["--keep-layers", "1,0"], "--keep-layers should be numbers of layers from 0 on"),
    (["--keep-layers", "1,1"], "--keep-layers should be numbers of layers from 0 on"),
    (["--keep-layers", "a"], "such as 0,2,4"),
  ])
  func wrongUsageIsSaid(words: [String], message: String) throws {
    var command = try embedCommand(["train", "--output", "out"] + words + ["pairs.tsv"])
    command.folder = scratch.path
    let result = try command([])
    #expect(result.ending == .exited(64) && result.stderr.contains(message), "\(result.stderr)")
  }
}

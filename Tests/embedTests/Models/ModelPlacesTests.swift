import TestSupport
import Testing

/// Caches that models are looked for in, and those that are given by their path.
@Suite struct ModelPlacesTests {
  private static let commit = String(repeating: "2", count: 40)
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func tokenize(
    _ name: String, _ environment: [String: String] = [:], _ options: String...
  ) throws -> CommandResult {
    var command = try embedCommand(["tokenize", "-m", name] + options, environment: environment)
    command.folder = folder.path
    return try command(Array("the cat\n".utf8))
  }

  /// A model in a cache, as the Hugging Face hub's library lays it out.
  private func cache(_ path: String, _ repository: String = "models--org--tiny") throws {
    try folder.write("\(path)/\(repository)/refs/main", Self.commit)
    try folder.link("\(path)/\(repository)/snapshots/\(Self.commit)", to: Models.tiny)
  }

  @Test func theCacheOfSentenceTransformersIsLookedAt() throws {
    try cache("cache")
    let environment = ["SENTENCE_TRANSFORMERS_HOME": "\(folder.path)/cache"]
    let result = try tokenize("org/tiny", environment)
    expectRows(result, 1)
    #expect(try object(result.text)["ids"] as? [Int] == [2, 120, 282, 3])
    try cache("cache", "models--sentence-transformers--tiny")
    expectRows(try tokenize("tiny", environment), 1)
  }

  /// sentence-transformers knows the models of INSTRUCTOR by their names.
  @Test func anInstructorLeavesThePromptOut() throws {
    try folder.link("models/hkunlp/instructor-base", to: Models.tiny)
    func vector(_ name: String) throws -> String {
      var command = try embedCommand(["encode", "-m", name, "--prompt-name", "query"])
      command.folder = folder.path
      let result = try command(Array("the cat\n".utf8))
      expectRows(result, 1)
      return result.text
    }
    #expect(try vector("hkunlp/instructor-base") != vector("models/hkunlp/instructor-base"))
  }

  @Test func itComesBeforeTheHubsCache() throws {
    try cache("hub")
    let home = ["SENTENCE_TRANSFORMERS_HOME": "\(folder.path)/cache"]
    let both = home.merging(["HF_HUB_CACHE": "\(folder.path)/hub"]) { $1 }
    expectRows(try tokenize("org/tiny", both), 1)
    try folder.write("cache/models--org--tiny/refs/main", Self.commit)
    try folder.write("cache/models--org--tiny/snapshots/\(Self.commit)/config.json", "x")
    expectFailure(try tokenize("org/tiny", both), ["/cache/models--org--tiny/", "config.json"])
    let other = try tokenize("org/other", both)
    expectFailure(
      other,
      [
        "no model `org/other`; looked for org/other/, models/org/other/",
        "\(folder.path)/cache/models--org--other/snapshots/main/, "
          + "\(folder.path)/hub/models--org--other/snapshots/main/, "
          + "\(folder.path)/cache/org_other/, models/other/",
      ])
  }

  @Test(arguments: [
    ("org_tiny", "org/tiny"), ("sentence-transformers_tiny", "tiny"),
    ("sentence-transformers_tiny", "sentence-transformers/tiny"),
  ])
  func itsOlderFoldersAreLookedAt(_ entry: String, _ name: String) throws {
    try folder.link("cache/\(entry)", to: Models.tiny)
    expectRows(try tokenize(name, ["SENTENCE_TRANSFORMERS_HOME": "\(folder.path)/cache"]), 1)
  }

  @Test func aTildeInAVariableIsTheHome() throws {
    try cache("face/hub")
    expectRows(try tokenize("org/tiny", ["HF_HOME": "~/face", "HOME": folder.path]), 1)
  }

  @Test(arguments: ["", "/", "/snapshots", "/snapshots/"])
  func aFolderOfTheCacheIsItsSnapshot(_ ending: String) throws {
    try cache("hub")
    let name = "hub/models--org--tiny\(ending)"
    let result = try tokenize(name)
    #expect(result.ending == .exited(0) && result.lines.count == 1)
    #expect(
      result.stderr
        == "embed: \(name) is a folder of the Hugging Face cache: using "
        + "hub/models--org--tiny/snapshots/\(Self.commit)\n")
    expectRows(try tokenize(name, [:], "--quiet"), 1)
  }

  @Test func aFolderOfTheCacheWithoutAReferenceHasOneSnapshotOrIsRefused() throws {
    try folder.link("hub/models--org--tiny/snapshots/a", to: Models.tiny)
    #expect(
      try tokenize("hub/models--org--tiny").stderr.hasSuffix(
        " using hub/models--org--tiny/snapshots/a\n"))
    try folder.link("hub/models--org--tiny/snapshots/b", to: Models.tiny)
    expectFailure(
      try tokenize("hub/models--org--tiny"),
      message:
        "hub/models--org--tiny is a folder of the Hugging Face cache whose refs/main names no "
        + "snapshot with a model; give one of them, such as hub/models--org--tiny/snapshots/a")
    try folder.write("hub/models--org--none/snapshots/a/README.md", "x")
    expectFailure(
      try tokenize("hub/models--org--none"),
      message:
        "hub/models--org--none is a folder of the Hugging Face cache whose refs/main names no "
        + "snapshot with a model; `hf download org/none` completes it")
    expectFailure(
      try tokenize("hub"),
      message: "hub is a Hugging Face cache, not a model; give a model's name, such as `org/none`")
  }

  @Test func aFolderOfModelsIsNotOne() throws {
    try folder.link("all/tiny", to: Models.tiny)
    expectFailure(
      try tokenize("all/"), message: "all/ is not a model, but holds one; give all/tiny")
    try folder.link("all/another", to: Models.tiny)
    expectFailure(
      try tokenize("all"),
      message: "all is not a model, but holds 2; give one of them, such as all/another")
  }

  @Test func aFolderOfTheCacheByAnotherNameIsOne() throws {
    try folder.link("renamed/snapshots/a", to: Models.tiny)
    try folder.write("renamed/refs/pr", "x")
    #expect(try tokenize("renamed").stderr.hasSuffix(" using renamed/snapshots/a\n"))
    try folder.write("empty/snapshots/a/README.md", "x")
    try folder.write("empty/blobs/a", "x")
    expectFailure(
      try tokenize("empty"),
      message:
        "empty is a folder of the Hugging Face cache whose refs/main names no snapshot with a model; "
        + "`hf download ORGANISATION/NAME` completes it")
  }

  @Test func aFolderOfAnotherFormatIsRefused() throws {
    try folder.write("other/model.onnx", "")
    expectFailure(
      try tokenize("other"),
      message:
        "other has model.onnx and no config.json; ONNX is not read; give the folder of the "
        + "model that it was made from, with config.json and model.safetensors")
  }
}

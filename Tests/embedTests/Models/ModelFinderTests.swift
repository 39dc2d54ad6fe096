import TestSupport
import Testing

@testable import embed

/// Models that are asked for by name.
@Suite struct ModelFinderTests {
  static let commit = "0123456789abcdef0123456789abcdef01234567"

  /// Encodes with a model whose name is given, or not, in a folder of its own.
  private func encode(
    _ folder: ScratchFolder, _ name: String?, _ environment: [String: String] = [:]
  ) throws -> CommandResult {
    try embedFromFolder(folder, ["encode"] + (name.map { ["-m", $0] } ?? []), environment)
  }

  private func embedFromFolder(
    _ folder: ScratchFolder, _ arguments: [String], _ environment: [String: String]
  ) throws -> CommandResult {
    var command = try embedCommand(arguments, environment: environment)
    (command.folder, command.seconds) = (folder.path, 30)
    return try command(Array("the cat\n".utf8))
  }

  /// A folder with one link to the tiny model.
  private func folder(_ name: String) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try folder.link(name, to: Models.tiny)
    return folder
  }

  @Test(arguments: [
    ("models/tiny", "tiny"), ("models/org/tiny", "org/tiny"),
    ("models/tiny", "sentence-transformers/tiny"),
    ("tiny", "tiny"), ("org/tiny", "org/tiny"), ("tiny", "./tiny"), ("tiny", "tiny/"),
  ])
  func placesBelowTheFolderAreLookedAt(_ place: String, _ name: String) throws {
    expectRows(try encode(folder(place), name), 1)
  }

  @Test func theFoldersOfEmbedModelsAreLookedAtInTurn() throws {
    let folder = try folder("b/tiny")
    let places = "\(folder.path)/a::\(folder.path)/b"
    expectRows(try encode(folder, "tiny", ["EMBED_MODELS": places]), 1)
    try folder.write("a/tiny/config.json", "x")
    expectFailure(try encode(folder, "tiny", ["EMBED_MODELS": places]), ["/a/tiny/config.json"])
  }

  @Test(arguments: [
    ("hub", "HF_HUB_CACHE", "hub"), ("home/hub", "HF_HOME", "home"),
    ("cache/huggingface/hub", "XDG_CACHE_HOME", "cache"),
    (".cache/huggingface/hub", "HOME", ""),
  ])
  func theHuggingFaceCacheIsLookedAt(_ hub: String, _ variable: String, _ value: String) throws {
    for (name, repository) in [
      ("tiny", "models--sentence-transformers--tiny"), ("org/tiny", "models--org--tiny"),
    ] {
      let folder = try folder("\(hub)/\(repository)/snapshots/\(Self.commit)")
      let environment = [variable: "\(folder.path)/\(value)"]
      expectFailure(try encode(folder, name, environment), [repository])
      for commit in [Self.commit, Self.commit + "\n"] {
        try folder.write("\(hub)/\(repository)/refs/main", commit)
        expectRows(try encode(folder, name, environment), 1)
      }
    }
  }

  @Test(arguments: ["../../../../other", "", "zz", String(repeating: "g", count: 40)])
  func aReferenceThatIsNoCommitIsNotFollowed(_ reference: String) throws {
    let folder = try ScratchFolder()
    let repository = "hub/models--org--tiny"
    try folder.write("\(repository)/refs/main", reference)
    try folder.link("\(repository)/snapshots/\(reference.isEmpty ? "x" : "zz")", to: Models.tiny)
    try folder.link("other", to: Models.tiny)
    let result = try encode(folder, "org/tiny", ["HF_HUB_CACHE": "\(folder.path)/hub"])
    expectFailure(result, ["no model `org/tiny`", "models--org--tiny"])
  }

  @Test func theVariableNamesTheDefault() throws {
    let folder = try folder("models/tiny")
    expectRows(try encode(folder, nil, ["EMBED_MODEL": "tiny"]), 1)
    expectRows(try encode(folder, nil, ["EMBED_MODEL": Models.tiny]), 1)
    expectFailure(try encode(folder, nil, ["EMBED_MODEL": "other"]), ["no model `other`"])
    expectRows(try encode(folder, "tiny", ["EMBED_MODEL": "other"]), 1)
  }

  @Test(arguments: [
    ["encode"], ["tokenize"], ["similarity", "a", "b"], ["inspect"], ["bench", "--rounds", "1"],
  ])
  func aDefaultThatIsNowhereListsThePlaces(_ command: [String]) throws {
    let folder = try ScratchFolder()
    let environment = [
      "EMBED_MODELS": "\(folder.path)/mine", "HF_HOME": "\(folder.path)/face", "EMBED_MODEL": "",
    ]
    expectFailure(
      try embedFromFolder(folder, command, environment),
      [
        "no model `all-MiniLM-L6-v2`", "models/all-MiniLM-L6-v2", "/mine/all-MiniLM-L6-v2",
        "share/embed/models/all-MiniLM-L6-v2",
        "/face/hub/models--sentence-transformers--all-MiniLM-L6-v2", "/mine/minilm-static",
        "share/embed/models/minilm-static", "models.example/minilm-static", "hf download",
      ])
  }

  @Test(arguments: ["models", "mine", "models.example"])
  func theModelThatShipsTakesTheDefaultsPlace(_ place: String) throws {
    let folder = try folder("\(place)/minilm-static")
    let environment = ["EMBED_MODELS": "\(folder.path)/mine"]
    // A model that was not asked for is said, whatever else is not.
    let commands = [
      ["encode"], ["encode", "--quiet"], ["tokenize", "--quiet"], ["similarity", "a", "b"],
      ["inspect"], ["inspect", "--json", "--quiet"], ["bench", "--json", "--rounds", "1"],
      ["search", "--corpus", "-", "a", "--quiet"],
    ]
    for command in commands {
      let result = try embedFromFolder(folder, command, environment)
      #expect(result.ending == .exited(0) && !result.stdout.isEmpty)
      #expect(
        result.stderr.hasPrefix("embed: there is no model all-MiniLM-L6-v2: using the static"))
      #expect(result.stderr.contains("\(place)/minilm-static"))
      #expect(result.stderr.contains("hf download sentence-transformers/all-MiniLM-L6-v2"))
      #expect(result.stderr.count { $0 == "\n" } == 1)
    }
    // Never in the place of a model that was asked for.
    expectFailure(try encode(folder, "all-MiniLM-L6-v2", environment), ["no model"])
    let asked = environment.merging(["EMBED_MODEL": "other"]) { $1 }
    expectFailure(try encode(folder, nil, asked), ["no model `other`"])
    try folder.link("models/all-MiniLM-L6-v2", to: Models.tiny)
    expectRows(try encode(folder, nil, environment), 1)
  }

  @Test func theExactNameComesFirst() throws {
    let folder = try folder("models/tiny")
    try folder.write("hub/models--org--tiny/refs/main", Self.commit)
    let environment = ["HF_HUB_CACHE": "\(folder.path)/hub"]
    // Not the same as models/tiny, so it is said under --quiet, too.
    let other = try embedFromFolder(folder, ["encode", "--quiet", "-m", "org/tiny"], environment)
    #expect(other.ending == .exited(0) && other.lines.count == 1)
    #expect(
      other.stderr
        == "embed: org/tiny is taken to be models/tiny, whose organisation nothing says\n")
    expectRows(try encode(folder, "sentence-transformers/tiny", environment), 1)
    try folder.link("hub/models--org--tiny/snapshots/\(Self.commit)", to: Models.tiny)
    expectRows(try encode(folder, "org/tiny", environment), 1)
  }

  @Test(
    arguments: [
      ("org/tiny", "/models/org/tiny", "org/tiny"), ("tiny", "/models/tiny", nil),
      (nil, "/models/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"),
      (
        "tiny", "/hub/models--sentence-transformers--tiny/snapshots/1", "sentence-transformers/tiny"
      ),
      ("/hub/models--org--tiny/snapshots/1", "/hub/models--org--tiny/snapshots/1", "org/tiny"),
      ("/", "/", nil),
    ] as [(String?, String, String?)])
  func aModelOfTheHubHasItsNameThere(_ asked: String?, _ found: String, _ name: String?) {
    #expect(ModelFinder.hubName(asked: asked, found: found)?.repository == name)
  }
}

import TestSupport
import Testing

/// What is said of names that are no models.
@Suite struct ModelMistakeTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func encode(
    _ name: String, _ environment: [String: String] = [:]
  ) throws -> CommandResult {
    var command = try embedCommand(["encode", "--model=\(name)"], environment: environment)
    command.folder = folder.path
    return try command(Array("the cat\n".utf8))
  }

  private static let path = "no such model directory; "
  private static let anyName =
    path + "check the path, or give a name such as all-MiniLM-L6-v2 or ORGANISATION/NAME"

  @Test(arguments: [
    ("a/b/c", "`a/b/c`: \(path)there is no a/b/ either; check the path"),
    ("/nowhere", "`/nowhere`: \(anyName)"), ("-x", "`-x`: \(anyName)"),
    ("a b", "`a b`: \(anyName)"), ("x\n", "`x\n`: \(anyName)"),
    ("./models/tinny", "`./models/tinny`: \(path)did you mean ./models/tiny?"),
    ("models/TINY/", "`models/TINY/`: \(path)did you mean models/tiny?"),
    (
      "org/tiny/",
      "`org/tiny/`: \(path)for the model of that name leave out the slash at the end: -m org/tiny"
    ),
    (
      "tiny//",
      "`tiny//`: \(path)for the model of that name leave out the slash at the end: -m tiny"
    ),
    (
      "~/x",
      "`~/x`: \(path)only a shell puts your home directory for `~`, and not inside quotes or after "
        + "`=`: write $HOME/x"
    ),
  ])
  func whatIsNoNameIsAMissingDirectory(_ name: String, _ message: String) throws {
    try folder.link("models/tiny", to: Models.tiny)
    expectFailure(try encode(name), message: message)
  }

  @Test(arguments: [
    ("https://huggingface.co/org/tiny", "org/tiny", "org/tiny"),
    ("https://huggingface.co/org/tiny/", "org/tiny", "org/tiny"),
    ("http://hf.co/org/tiny/tree/main?x=y", "org/tiny", "org/tiny"),
    ("HTTPS://HuggingFace.co/org/tiny/blob/main/config.json", "org/tiny", "org/tiny"),
    ("huggingface.co/org/tiny", "org/tiny", "org/tiny"),
    ("hf://org/tiny@main", "org/tiny", "org/tiny"),
    ("https://huggingface.co/tiny", "tiny", "sentence-transformers/tiny"),
  ])
  func anAddressOfTheHubHasTheNameInIt(
    _ address: String, _ name: String, _ repository: String
  ) throws {
    expectFailure(
      try encode(address),
      message:
        "`\(address)` is an address; a model's name is that without the rest: -m \(name), once "
        + "`hf download \(repository)` has put it into the Hugging Face cache")
  }

  @Test(arguments: [
    (
      "https://example.org/tiny.zip",
      "is an address, and models are only read on this machine; give a directory, or the name of a "
        + "model in the Hugging Face cache, ORGANISATION/NAME"
    ),
    (
      "org/tiny@v1",
      "names a revision, which no name does; give the folder that `hf download org/tiny --revision "
        + "v1` prints"
    ),
    ("tiny:latest", "has a tag, which no name has; give -m tiny"),
  ])
  func whatNoNameHasIsSaid(_ name: String, _ message: String) throws {
    expectFailure(try encode(name), message: "`\(name)` \(message)")
  }

  private static let onnx =
    "ONNX is not read; give the folder of the model that it was made from, with config.json and "
    + "model.safetensors"
  private static let archive =
    "a model is a folder; unpack the archive and give the folder that comes out of it"
  private static let plain =
    "a model is a folder; give one that has config.json and model.safetensors"

  @Test(
    arguments: [
      ("x.onnx", [8], onnx),
      ("x.zip", [0x50, 0x4B, 3, 4], archive), ("x", [0x50, 0x4B, 3, 4], archive),
      ("x.tar.gz", [0x1F, 0x8B, 8, 0], archive), ("pytorch_model.bin", [0x50, 0x4B, 3, 4], plain),
      ("model.safetensors", [], plain),
      ("config.json", [], "a model is a folder; give the one around it, -m ."),
      ("texts.txt", [0x61], plain),
      ("./texts.txt", [0x61], plain),
    ] as [(String, [UInt8], String)])
  func aFileIsNoModel(_ name: String, _ bytes: [UInt8], _ message: String) throws {
    try folder.write(name, bytes)
    expectFailure(try encode(name), message: "`\(name)` is a file, and \(message)")
  }

  @Test(arguments: ["model.safetensors", "config.json", "vocab.txt"])
  func theFolderAroundAFileIsNamed(_ name: String) throws {
    expectFailure(
      try encode("\(Models.tiny)/\(name)"),
      message:
        "`\(Models.tiny)/\(name)` is a file, and a model is a folder; give the one around it, "
        + "-m \(Models.tiny)")
  }

  @Test func anEmptyNameIsSaid() throws {
    expectFailure(
      try embed("encode", "-m", ""),
      message: "the model's name is empty; give a directory or a name")
  }

  @Test func aFileDoesNotHideAModel() throws {
    try folder.link("models/tiny", to: Models.tiny)
    try folder.write("tiny", "x")
    expectRows(try encode("tiny"), 1)
  }

  @Test func theSameNameInOtherLettersIsNamed() throws {
    let commit = String(repeating: "a", count: 40)
    try folder.link("models/Tiny-L6", to: Models.tiny)
    try folder.link("mine/org/Other", to: Models.tiny)
    for repository in ["org--Third", "sentence-transformers--Fourth"] {
      try folder.write("hub/models--\(repository)/refs/main", commit)
      try folder.link("hub/models--\(repository)/snapshots/\(commit)", to: Models.tiny)
    }
    let environment = [
      "EMBED_MODELS": "\(folder.path)/mine", "HF_HUB_CACHE": "\(folder.path)/hub",
    ]
    let hub = "\(folder.path)/hub/models--"
    for (asked, name, place) in [
      ("tiny-l6", "Tiny-L6", "models/Tiny-L6"),
      ("sentence-transformers/tiny-l6", "Tiny-L6", "models/Tiny-L6"),
      ("ORG/other", "org/Other", "\(folder.path)/mine/org/Other"),
      ("org/third", "org/Third", "\(hub)org--Third/snapshots/\(commit)"),
      ("fourth", "Fourth", "\(hub)sentence-transformers--Fourth/snapshots/\(commit)"),
    ] {
      expectFailure(
        try encode(asked, environment),
        message: "no model `\(asked)`; did you mean `\(name)`, which is \(place)? Capital letters "
          + "count")
    }
    expectFailure(
      try encode("tiny-l7", environment),
      [
        "no model `tiny-l7`; did you mean `Tiny-L6`? It was looked for in tiny-l7/, models/tiny-l7/, "
      ])
    var command = try embedCommand(["encode"], environment: ["EMBED_MODEL": "tiny-l6"])
    command.folder = folder.path
    expectFailure(
      try command(),
      message:
        "no model `tiny-l6` ($EMBED_MODEL); did you mean `Tiny-L6`, which is models/Tiny-L6? "
        + "Capital letters count")
  }
}

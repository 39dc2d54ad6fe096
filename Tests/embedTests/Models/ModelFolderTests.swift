import Glibc
import TestSupport
import Testing

/// Model directories that are there or not, whole or not.
@Suite struct ModelFolderTests {
  @Test(arguments: ["encode", "tokenize", "inspect", "bench"])
  func whatIsNoModelDirectoryIsNamed(_ command: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("file", "x")
    let isFile =
      "is a file, and a model is a folder; give one that has config.json and model.safetensors"
    for (path, message) in [
      (
        "\(folder.path)/missing",
        "`\(folder.path)/missing`: no such model directory; check the path, or give a name such as "
          + "all-MiniLM-L6-v2 or ORGANISATION/NAME"
      ),
      (
        folder.path,
        "\(folder.path): neither modules.json nor config.json; not a model directory"
      ),
      (file, "`\(file)` \(isFile)"), ("/dev/null", "`/dev/null` \(isFile)"),
    ] {
      expectFailure(
        try embed(command, "-m", path, input: "a\n", seconds: 5), message: message)
    }
  }

  @Test(arguments: [
    (
      "1_Pooling/config.json", "/1_Pooling: no config.json, which says how token vectors become one"
    ),
    ("config.json", ": no config.json, which says what network the weights are for"),
    (
      "model.safetensors",
      " has no tensors: looked for `model.safetensors`, `model.safetensors.index.json`, "
        + "`pytorch_model.bin`, `pytorch_model.bin.index.json`"
    ),
  ])
  func aModelNeeds(_ file: String, _ problem: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    expectFailure(try model.encode(), message: model.path + problem)
  }

  @Test(arguments: [
    "README.md", "config_sentence_transformers.json", "modules.json", "sentence_bert_config.json",
    "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
  ])
  func aModelCanDoWithout(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    let result = try model.encode()
    expectRows(result, 1)
    if file != "modules.json" {
      #expect(try result.text == encode(input: "the cat\n").text)
    }
  }

  @Test func aModelNeedsATokenizerOfSomeKind() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove("tokenizer.json")
    try model.remove("vocab.txt")
    expectFailure(
      try model.encode(),
      message: "\(model.path) holds no tokenizer: looked for tokenizer.json, "
        + "sentencepiece.bpe.model, spiece.model, spm.model, tokenizer.model, vocab.txt, and "
        + "vocab.json with merges.txt")
  }

  @Test func withoutModulesTheMeanIsTaken() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove("modules.json")
    try model.remove("1_Pooling/config.json")
    let (mean, normal) = (try model.encode(), try encode(input: "the cat\n"))
    expectRows(mean, 1)
    let (a, b) = (numbers(mean.text), numbers(normal.text))
    let length = a.reduce(0) { $0 + $1 * $1 }.squareRoot()
    expectClose(a.map { $0 / length }, b, tolerance: 1e-6)
  }

  @Test func aModelOfLinksWorks() throws {
    let folder = try ScratchFolder()
    for (number, file) in Models.tinyFiles.enumerated() {
      let blob = try folder.write(
        "blobs/\(number)", ScratchFolder.bytes(of: "\(Models.tiny)/\(file)"))
      try folder.link("snapshots/main/\(file)", to: blob)
    }
    let result = try embed(
      "encode", "-m", "\(folder.path)/snapshots/main", input: "the cat\n")
    expectRows(result, 1)
    #expect(try result.text == encode(input: "the cat\n").text)
  }

  static let read = [
    "1_Pooling/config.json", "config.json", "config_sentence_transformers.json",
    "model.safetensors", "modules.json", "sentence_bert_config.json", "tokenizer.json",
    "tokenizer_config.json",
  ]

  @Test(arguments: read) func aLinkToNowhereIsNamed(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.link(file, to: "nowhere")
    expectFailure(
      try model.encode(),
      message: "\(model.path)/\(file) is a link to a file that does not exist")
  }

  @Test(arguments: read) func aFolderInPlaceOfAFileIsNamed(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    try model.write("\(file)/x", "")
    expectFailure(
      try model.encode(), message: "\(model.path)/\(file) is a directory, should be a file")
  }

  @Test(arguments: read) func aPipeInPlaceOfAFileIsNotWaitedFor(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    #expect(mkfifo("\(model.path)/\(file)", 0o600) == 0)
    expectFailure(
      try model.encode(), message: "\(model.path)/\(file) is a pipe, should be a regular file")
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"), arguments: read)
  func aFileThatMayNotBeReadIsNamed(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    chmod("\(model.path)/\(file)", 0)
    expectFailure(
      try model.encode(), message: "\(model.path)/\(file) may not be read: permission denied")
  }

  @Test(arguments: read) func aFileThatIsLargerThanItsKindIsNotRead(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    // 1 TB of nothing: a hole takes no room.
    #expect(truncate("\(model.path)/\(file)", 1 << 40) == 0)
    let limit = file == "tokenizer.json" ? 268_435_456 : 67_108_864
    expectFailure(
      try model.encode(),
      message: "\(model.path)/\(file) has "
        + (file == "model.safetensors"
          ? "1099511505400 bytes after its last tensor, should have none"
          : "1099511627776 bytes; at most \(limit) are read of such a file"))
  }
}

import Glibc
import TestSupport
import Testing

/// Model directories that are there or not, whole or not.
@Suite struct ModelFolderTests {
  @Test(arguments: ["encode", "tokenize", "inspect", "bench"])
  func whatIsNoModelDirectoryIsNamed(_ command: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("file", "x")
    for (path, words) in [
      ("\(folder.path)/missing", ["missing", "no such model"]), (folder.path, ["modules.json"]),
      (file, [file]), ("/dev/null", ["/dev/null"]),
    ] {
      expectFailure(
        try embed(command, "-m", path, input: "a\n", seconds: 5), [path] + words)
    }
  }

  @Test(arguments: ["1_Pooling/config.json", "config.json", "model.safetensors"])
  func aModelNeeds(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    expectFailure(try model.encode(), [model.path, file.contains("/") ? "1_Pooling" : file])
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
    expectFailure(try model.encode(), [model.path, "tokenizer.json", "vocab.txt"])
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
    expectFailure(try model.encode(), [file])
  }

  @Test(arguments: read) func aFolderInPlaceOfAFileIsNamed(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    try model.write("\(file)/x", "")
    expectFailure(try model.encode(), [file, "directory"])
  }

  @Test(arguments: read) func aPipeInPlaceOfAFileIsNotWaitedFor(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.remove(file)
    #expect(mkfifo("\(model.path)/\(file)", 0o600) == 0)
    expectFailure(try model.encode(), [file, "pipe"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"), arguments: read)
  func aFileThatMayNotBeReadIsNamed(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    chmod("\(model.path)/\(file)", 0)
    expectFailure(try model.encode(), [file, "permission"])
  }

  @Test(arguments: read) func aFileThatIsLargerThanItsKindIsNotRead(_ file: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    // 1 TB of nothing: a hole takes no room.
    #expect(truncate("\(model.path)/\(file)", 1 << 40) == 0)
    expectFailure(try model.encode(), [file, "bytes"])
  }
}

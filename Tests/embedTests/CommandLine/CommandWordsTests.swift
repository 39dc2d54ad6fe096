import TestSupport
import Testing

/// What is made of words that the parser alone would take otherwise than they are meant.
@Suite struct CommandWordsTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write("texts.txt", "a cat\nthe river\n")
    try folder.write("-bus.txt", "a cat\n")
  }

  private func embed(_ arguments: [String]) throws -> CommandResult {
    var command = try embedCommand(arguments, environment: ["EMBED_MODEL": Models.tiny])
    command.folder = folder.path
    return try command()
  }

  @Test(
    arguments: [
      (["encod"], "no command `encod`; did you mean `encode`?", "embed"),
      (["Encode", "--quiet"], "no command `Encode`; did you mean `encode`?", "embed"),
      (["tokenise", "texts.txt"], "no command `tokenise`; did you mean `tokenize`?", "embed"),
      (["help", "encod"], "no command `encod`; did you mean `encode`?", "embed"),
      (["evaluate", "stss", "x"], "no command `stss`; did you mean `sts`?", "embed evaluate"),
      (
        ["evaluate", "x.csv"],
        "no command `x.csv`; known are `sts`, `triplets`, `binary`, `retrieval`, `paraphrases`, `rerank`, `nli`",
        "embed evaluate"
      ),
      (
        ["texts.txt"],
        "no command `texts.txt`; to turn the texts of that file into vectors: embed encode texts.txt",
        "embed"
      ),
      (["a cat"], "no command `a cat`; `embed --help` lists those there are", "embed"),
    ] as [([String], String, String)])
  func anUnknownCommandGetsTheNearest(
    _ arguments: [String], _ message: String, _ command: String
  ) throws {
    let result = try embed(arguments)
    #expect(result.ending == .exited(64) && result.stdout.isEmpty)
    #expect(
      result.stderr
        == "Error: \(message)\nUsage: \(command) <subcommand>\n"
        + "  See '\(command) --help' for more information.\n")
  }

  @Test(arguments: [
    (["--verison"], "Unknown option '--verison'. Did you mean '--version'?"),
    (["--hlep"], "Unknown option '--hlep'. Did you mean '--help'?"),
    (
      ["-m", "x", "similarity"],
      "Unknown option '-m'; the command comes first: embed similarity -m …"
    ),
    (["--quiet"], "Unknown option '--quiet'; the command comes first: embed encode --quiet …"),
  ])
  func anOptionBeforeTheCommandIsSaid(_ arguments: [String], _ message: String) throws {
    let result = try embed(arguments)
    #expect(result.ending == .exited(64) && result.stdout.isEmpty)
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
  }

  @Test func aTextThatIsAFileIsNoted() throws {
    let result = try embed(["similarity", "texts.txt", "a cat"])
    #expect(result.ending == .exited(0) && result.lines.count == 1)
    #expect(
      result.stderr
        == "embed: `texts.txt` is taken as a text, and the file of that name is not read; pairs of "
        + "texts in a file are compared by --pairs FILE\n")
    let hits = try embed(["search", "--corpus", "texts.txt", "texts.txt"])
    #expect(hits.lines.count == 1)
    #expect(
      hits.stderr
        == "embed: `texts.txt` is taken as a query, and the file of that name is not read; queries in "
        + "a file are read with --queries FILE\n")
    expectRows(try embed(["similarity", "texts.txt", "a cat", "--quiet"]), 1)
  }

  @Test(
    arguments: [
      (["encode", "--promt", "a"], "Unknown option '--promt'. Did you mean '--prompt'?"),
      (["encode", "--ouput=x"], "Unknown option '--ouput'. Did you mean '--output'?"),
      (["encode", "--dim", "3"], "Unknown option '--dim'. Did you mean '--dimensions'?"),
      (["encode", "--Model", "x"], "Unknown option '--Model'. Did you mean '--model'?"),
      (["encode", "--batch-size", "3"], "Unknown option '--batch-size'"),
      (["encode", "-x"], "Unknown option '-x'"),
      (
        ["encode", "-bus.txt"], "Unknown option '-bus.txt'; the file of that name is ./-bus.txt"
      ),
      (["encode", "-1"], "Unknown option '-1'"),
      (
        ["similarity", "-foo", "a"],
        "Unknown option '-foo'; a text that begins with a dash goes after `--`: embed similarity … -- -foo"
      ),
      (
        ["search", "--corpus", "texts.txt", "-5C"],
        "Unknown option '-5C'; a text that begins with a dash goes after `--`: embed search … -- -5C"
      ),
      (
        ["search", "--corpus", "texts.txt", "--top 5", "a"],
        "`--top 5` is one word; give `--top` and its value as two, or put `--` before it if it is a text"
      ),
      (
        ["encode", "--prompt", "-foo"],
        "Missing value for '--prompt <TEXT>'; a value that begins with a dash is written --prompt=-foo"
      ),
      (["encode", "--threads", "-1"], "--threads must be at least 1"),
      (["encode", "--dimensions", "-5"], "--dimensions must be at least 1"),
      (["encode", "--threads", "--quiet"], "Missing value for '--threads <N>'"),
      (["cluster", "--kmeans", "2", "--seed", "-1"], "The value '-1' is invalid for '--seed <N>'"),
      // One option, one value.
      (
        ["mine", "--top", "5", "--top", "10"],
        "--top is given twice, as `5` and `10`; it takes one value"
      ),
      (
        ["encode", "-m", "a", "-m", "a"],
        "--model is given twice, as `a` and `a`; it takes one value"
      ),
      (
        ["encode", "-m", "a", "--quiet", "--model=b"],
        "--model is given twice, as `a` and `b`; it takes one value"
      ),
      (
        ["plot", "-o", "a.svg", "--output", "b.svg"],
        "--output is given twice, as `a.svg` and `b.svg`; it takes one value"
      ),
      (
        ["evaluate", "sts", "x.csv", "--columns", "a,b,c", "--columns=a,b,d"],
        "--columns is given twice, as `a,b,c` and `a,b,d`; it takes one value"
      ),
      (
        ["mine", "--threshold", "-0.5", "--threshold", "0.5"],
        "--threshold is given twice, as `-0.5` and `0.5`; it takes one value"
      ),
    ] as [([String], String)])
  func aWordThatMeansNothingIsSaid(_ arguments: [String], _ message: String) throws {
    let result = try embed(arguments)
    #expect(result.ending == .exited(64) && result.stdout.isEmpty, "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
    let command = (["embed"] + arguments.prefix(arguments[0] == "evaluate" ? 2 : 1))
      .joined(separator: " ")
    #expect(result.stderr.hasSuffix("  See '\(command) --help' for more information.\n"))
  }

  @Test(arguments: [
    ["-1 degrees", "cold"], ["-1", "-2.5"], ["- a list", "-.5"], ["a cat", "-1e3", "--- title"],
    ["-", "-1"],
  ])
  func aTextMayBeginWithADash(_ texts: [String]) throws {
    let plain = try embed(["similarity", "--json", "--"] + texts)
    expectRows(plain, 1)
    #expect(try embed(["similarity", "--json"] + texts).text == plain.text)
    #expect(try embed(["similarity"] + texts + ["--json"]).text == plain.text)
    let hits = try embed(["search", "--corpus", "texts.txt", "--top", "1", "--"] + texts)
    expectRows(hits, texts.count)
    #expect(try embed(["search", "--corpus", "texts.txt"] + texts + ["--top=1"]).text == hits.text)
  }

  @Test func aWordAfterTheEndOfOptionsIsNone() throws {
    let result = try embed(["search", "--corpus", "texts.txt", "--", "--top", "--top", "-x"])
    expectRows(result, 3)
    expectRows(try embed(["encode", "--", "-bus.txt"]), 1)
    expectRows(try embed(["encode", "--quiet", "--quiet", "texts.txt"]), 2)
  }

  @Test(
    arguments: [
      (["encode", "--prompt", "-1 ", "texts.txt"], ["encode", "--prompt=-1 ", "texts.txt"]),
      (["mine", "--threshold", "-1", "texts.txt"], ["mine", "--threshold=-1", "texts.txt"]),
      (
        ["mine", "--prompt", "", "--threshold", "-1", "texts.txt"],
        ["mine", "--threshold=-1", "texts.txt", "--prompt", ""]
      ),
      (
        ["mine", "--metric", "dot", "texts.txt", "--threshold", "-3e2"],
        ["mine", "--metric=dot", "--threshold=-3e2", "texts.txt"]
      ),
    ] as [([String], [String])])
  func aValueMayBeginWithADash(_ words: [String], _ joined: [String]) throws {
    let result = try embed(words)
    #expect(result.ending == .exited(0) && !result.stdout.isEmpty, "\(result.stderr)")
    #expect(try embed(joined).text == result.text)
  }

  @Test(arguments: ["encode", "plot", "convert"])
  func theOutputHasAShortName(_ command: String) throws {
    let texts = command == "convert" ? [] : ["texts.txt"]
    let result = try embed(
      [command] + texts + ["-o", "made.svg"] + (command == "encode" ? ["--format", "npy"] : []))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(try embed(["encode", "-o"]).stderr.hasPrefix("Error: Missing value for '-o <FILE>'\n"))
    if command == "plot" { #expect(try folder.text("made.svg").hasPrefix("<")) }
  }
}

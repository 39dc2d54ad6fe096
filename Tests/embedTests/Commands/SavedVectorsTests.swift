import Foundation
import ModelFiles
import TestSupport
import Testing
import Vectors

/// One file of vectors for all commands: what `encode` writes, the others take.
@Suite struct SavedVectorsTests {
  private let folder: ScratchFolder
  private static let words = ["cats", "dogs", "rivers", "trains", "stars"]
  private static let rows = (0..<40).map { row in
    #"{"id":"p\#(row)","kind":"\#(words[row % 5])","text":"\#(words[row % 5]) and \#(row % 13) things"}"#
  }

  init() throws {
    folder = try ScratchFolder()
    try folder.write("rows.jsonl", Self.rows.map { $0 + "\n" }.joined())
  }

  private func path(_ name: String) -> String { folder.file(name) }

  private func run(_ arguments: [String], _ input: String = "") throws -> CommandResult {
    var command = try embedCommand(arguments)
    command.folder = folder.path
    return try command(Array(input.utf8))
  }

  private func encode(_ name: String, _ options: String...) throws {
    let result = try run(
      ["encode", "-m", Models.tiny, "rows.jsonl", "--quiet", "--output", name] + options)
    expectRows(result, 0)
  }

  private func objects(_ result: CommandResult) throws -> [JSON] {
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return try result.lines.map { try JSON(Array($0.utf8), name: "a row") }
  }

  @Test func encodeWritesTheRecordThatSearchSaves() throws {
    try encode("a.npy", "--prompt-name", "document")
    expectRows(
      try run(
        ["search", "-m", Models.tiny, "--corpus", "rows.jsonl", "--save", "b.npy", "cats"]), 1)
    #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"))
    #expect(try folder.bytes("a.npy.json") == folder.bytes("b.npy.json"))
    // Gone on with after a failure, it is the same.
    let rest = Self.rows.map { $0 + "\n" }.joined()
    expectFailure(
      try run(
        [
          "encode", "-m", Models.tiny, "--input", "jsonl", "--output", "c.npy", "--prompt-name",
          "document",
        ], rest + "[]\n"), ["stdin, line 41"])
    expectRows(
      try run(
        [
          "encode", "-m", Models.tiny, "--input", "jsonl", "--output", "c.npy", "--prompt-name",
          "document", "--resume",
        ], rest), 0)
    #expect(try folder.bytes("c.npy.json") == folder.bytes("b.npy.json"))
  }

  /// The same results from the vectors as from the texts.
  @Test(arguments: [
    ["search", "--corpus", "rows.jsonl", "--top", "3", "cats and things"],
    ["mine", "rows.jsonl", "--threshold", "0.5"], ["mine", "rows.jsonl", "--where", "kind=cats"],
    ["cluster", "rows.jsonl", "--kmeans", "3", "--fields", "id"],
    ["cluster", "rows.jsonl", "--agglomerative", "--count", "4", "--where", "kind=dogs"],
    ["search", "--corpus", "rows.jsonl", "--where", "kind=stars", "--top", "4", "cats"],
    ["search", "--corpus", "rows.jsonl", "--format", "tsv", "--top", "2", "cats"],
    ["mine", "rows.jsonl", "--format", "tsv", "--top", "4"],
    ["cluster", "rows.jsonl", "--kmeans", "2", "--format", "table"],
  ])
  func resultsAreThoseOfTheTexts(_ arguments: [String]) throws {
    try encode("v.npy")
    let made = try run(arguments + ["-m", Models.tiny, "--quiet"])
    let model = arguments[0] == "search" ? ["-m", Models.tiny] : []
    let saved = try run(arguments + model + ["--vectors", "v.npy", "--quiet"])
    #expect(made.ending == .exited(0) && !made.lines.isEmpty, "\(made.stderr)")
    #expect(saved.ending == .exited(0), "\(saved.stderr)")
    #expect(saved.stdout == made.stdout)
  }

  @Test func picturesReductionsAndEvaluationsTakeThem() throws {
    try encode("v.npy")
    let texts = ["plot", "rows.jsonl", "--output"]
    expectRows(try run(texts + ["a.svg", "-m", Models.tiny]), 0)
    expectRows(try run(texts + ["b.svg", "--vectors", "v.npy"]), 0)
    #expect(try folder.bytes("a.svg") == folder.bytes("b.svg"))
    expectRows(try run(["plot", "--vectors", "v.npy", "--output", "c.svg"]), 0)
    let reduce = ["reduce", "-m", Models.tiny, "--dimensions", "4", "--output"]
    let made = try run(reduce + ["x", "--texts", "rows.jsonl", "--quiet"])
    let saved = try run(reduce + ["y", "--vectors", "v.npy", "--quiet"])
    #expect(made.ending == .exited(0) && saved.ending == .exited(0), "\(saved.stderr)")
    let module = try #require(made.lines.first?.split(separator: " ").first).dropFirst(2)
    #expect(
      try folder.bytes("x/\(module)/model.safetensors")
        == folder.bytes("y/\(module)/model.safetensors"))
    try folder.write("q.jsonl", #"{"id":"q1","text":"cats and 0 things"}"# + "\n")
    try folder.write("r.tsv", "query-id\tcorpus-id\tscore\nq1\tp0\t1\nq1\tp5\t1\n")
    let evaluate = [
      "evaluate", "retrieval", "-m", Models.tiny, "--queries", "q.jsonl", "--corpus", "rows.jsonl",
      "--relevant", "r.tsv", "--json",
    ]
    let (fresh, kept) = try (run(evaluate), run(evaluate + ["--vectors", "v.npy"]))
    #expect(fresh.ending == .exited(0) && fresh.stdout == kept.stdout, "\(kept.stderr)")
  }

  /// Hits of fewer bits, scored again by all, are the exact ones where enough are looked at.
  @Test(arguments: ["int8", "uint8", "binary", "ubinary"])
  func quantizedVectorsAreSearchedAndRescored(_ kind: String) throws {
    try encode("v.npy")
    try encode("q.npy", "--quantize", kind)
    let search = [
      "search", "-m", Models.tiny, "--corpus", "rows.jsonl", "--top", "3", "cats and things",
    ]
    let exact = try run(search + ["--vectors", "v.npy"])
    let rescored = try run(
      search + ["--vectors", "q.npy", "--rescore", "v.npy", "--oversample", "14"])
    expectRows(rescored, 1)
    #expect(rescored.stdout == exact.stdout)
    expectRows(try run(search + ["--vectors", "q.npy"]), 1)
    expectRows(try run(["search", "--vectors", "q.npy", "--queries", "v.npy"]), 40)
    let pairs = try objects(run(["mine", "--vectors", "q.npy", "--top", "3"]))
    #expect(pairs.count == 3)
    expectFailure(
      try run(search + ["--vectors", "v.npy", "--rescore", "v.npy"]),
      ["v.npy is not quantized; leave it out"])
    // Of other texts, and without their record.
    try folder.write("rows.jsonl", Self.rows.reversed().map { $0 + "\n" }.joined())
    try encode("w.npy")
    expectFailure(
      try run(["search", "--vectors", "q.npy", "--queries", "v.npy", "--rescore", "w.npy"]),
      ["w.npy was made of other texts, or with another model or prompt, than q.npy"])
    try folder.remove("q.npy.json")
    expectFailure(
      try run(["mine", "--vectors", "q.npy"]),
      ["q.npy.json is missing", "make them again with embed encode --quantize KIND"])
  }

  @Test func queriesAreTreatedAsTheCorpusWas() throws {
    try encode("v.npy", "--dimensions", "8", "--normalize")
    try encode("u.npy", "--dimensions", "8")
    let search = [
      "search", "-m", Models.tiny, "--corpus", "rows.jsonl", "--top", "5", "--metric",
    ]
    // The products of vectors of length 1 are the cosines of the others.
    let found = try ["v.npy", "u.npy"].map { file in
      let metric = file == "v.npy" ? "dot" : "cosine"
      let hits = try objects(run(search + [metric, "--vectors", file, "cats"]))[0].array("hits")
      return try hits.elements.map { (try $0.int("row"), Float(try $0.double("score"))) }
    }
    #expect(found[0].map(\.0) == found[1].map(\.0) && found[0].count == 5)
    expectClose(found[0].map(\.1), found[1].map(\.1), tolerance: 1e-6)
    // Numbers that no model gives.
    for (dimensions, remedy) in [
      ("400000000000", "use the model that made"), ("-3", "use the model"),
    ] {
      let record = try String(decoding: folder.bytes("v.npy.json"), as: UTF8.self)
      try folder.write(
        "v.npy.json",
        record.replacing(#"--dimensions":"8""#, with: #"--dimensions":"\#(dimensions)""#))
      expectFailure(
        try run(
          [
            "search", "-m", Models.tiny, "--corpus", "rows.jsonl", "--vectors", "v.npy", "cats",
          ]), [remedy])
      try folder.write("v.npy.json", record)
    }
  }

  @Test func othersRowsAreRefused() throws {
    try encode("v.npy")
    try folder.write("fewer.jsonl", Self.rows.dropLast().map { $0 + "\n" }.joined())
    try folder.write("others.jsonl", Self.rows.reversed().map { $0 + "\n" }.joined())
    expectFailure(
      try run(["mine", "fewer.jsonl", "--vectors", "v.npy"]),
      ["v.npy has 40 vectors, and there are 39 rows of texts; give the rows that they were made of"]
    )
    expectFailure(
      try run(["cluster", "others.jsonl", "--vectors", "v.npy", "--kmeans", "2"]),
      ["v.npy was made with other texts", "make them again with embed encode FILE --output v.npy"])
    // Without a record nothing tells; that is said.
    try folder.remove("v.npy.json")
    let result = try run(["mine", "others.jsonl", "--vectors", "v.npy", "--top", "1"])
    #expect(result.ending == .exited(0) && result.lines.count == 1)
    #expect(result.stderr.contains("v.npy has no record of what made it"), "\(result.stderr)")
    expectFailure(
      try run(["search", "-m", Models.tiny, "--vectors", "v.npy", "--corpus", "rows.jsonl", "x"]),
      ["v.npy.json is missing"])
    expectFailure(
      try run(["mine", "rows.jsonl", "-m", Models.tiny, "--where", "nosuch=1"]),
      ["--where: no row has `nosuch`; there are `id`, `kind`, `text`"])
    expectFailure(
      try run(["mine", "rows.jsonl", "-m", Models.tiny, "--where", "kind=moons"]),
      ["--where: none of the 40 rows has kind=moons"])
  }

  @Test func queriesComeFromFilesWithTheirOwnMembers() throws {
    try folder.write(
      "q.csv", "qid,query,text\nq1,x,cats and 0 things\nq2,y,stars and 4 things\n")
    let search = [
      "search", "-m", Models.tiny, "--corpus", "rows.jsonl", "--top", "1", "--queries", "q.csv",
    ]
    let found = try objects(run(search))
    #expect(try found.map { try $0.string("qid") } == ["q1", "q2"])
    #expect(
      try found.map { try $0.string("query") } == ["cats and 0 things", "stars and 4 things"])
    let table = try run(search + ["--format", "table", "--fields", "id"])
    #expect(table.lines.count == 7 && table.lines[0] == "cats and 0 things")
    #expect(table.lines[1].hasPrefix("rank   score  row  id") && table.lines[1].hasSuffix("text"))
    #expect(table.lines[2].hasPrefix("   1  ") && table.lines[4] == "stars and 4 things")
    let other = try objects(run(search + ["--query-field", "query"]))
    #expect(try other.map { try $0.string("query") } == ["x", "y"])
    expectRows(try run(search + ["--output", "hits.tsv"]), 0)
    let lines = String(decoding: try folder.bytes("hits.tsv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "query\trank\tscore\trow\tid\tkind\ttext" && lines.count == 3)
  }
}

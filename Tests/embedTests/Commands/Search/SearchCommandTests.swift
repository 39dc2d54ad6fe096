import Foundation
import TestSupport
import Testing

/// `embed search`.
@Suite struct SearchCommandTests {
  private let folder: ScratchFolder
  private static let notes = ["the cat", "a river", "", "the house", "the cat", "a mat by a river"]

  init() throws {
    folder = try ScratchFolder()
    try folder.write("notes.txt", Self.notes.map { $0 + "\n" }.joined())
  }

  private var notes: String { "\(folder.path)/notes.txt" }
  private var saved: String { "\(folder.path)/notes.npy" }

  private func search(_ arguments: String..., input: String = "") throws -> CommandResult {
    try embedCommand(["search", "-m", Models.tiny] + arguments)(Array(input.utf8))
  }

  private func save() throws {
    expectRows(try search("--corpus", notes, "--save", saved, "x"), 1)
  }

  @Test func hitsAreTheNearestRows() throws {
    let result = try search("--corpus", notes, "the cat", "a river", "--top", "3")
    expectRows(result, 2)
    #expect(try object(result.lines[0])["query"] as? String == "the cat")
    let found = try hits(result.lines[0])
    // The prompt for queries moves them; what is equal comes in the order of rows.
    let row = try #require(found.firstIndex { $0["row"] as? Int == 0 })
    #expect(found[row]["text"] as? String == "the cat" && found[row + 1]["row"] as? Int == 4)
    let scores = found.compactMap { $0["score"] as? Double }
    #expect(scores.count == 3 && scores == scores.sorted(by: >))
  }

  @Test func scoresAreTheSimilaritiesOfPromptedTexts() throws {
    let result = try search("--corpus", notes, "a fox", "--top", "6", "--metric", "manhattan")
    for hit in try hits(result.lines[0]) {
      let query = try encoded("a fox", "query")
      let document = try encoded(try #require(hit["text"] as? String), "document")
      let distance = zip(query, document).reduce(0) { $0 + abs($1.0 - $1.1) }
      let score = try #require(hit["score"] as? Double)
      #expect(abs(Float(score) + distance) < 1e-5)
    }
  }

  private func encoded(_ text: String, _ prompt: String) throws -> [Float] {
    numbers(
      try embed("encode", "-m", Models.tiny, "--prompt-name", prompt, input: text + "\n").lines[0])
  }

  @Test func queriesAreAnsweredAsTheyCome() throws {
    let running = try embedCommand(["search", "-m", Models.tiny, "--corpus", notes]).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    running.send("a river")
    let result = running.finished()
    #expect(result.ending == .exited(0) && result.lines.count == 2)
    #expect(result.lines == (try search("--corpus", notes, "the cat", "a river").lines))
  }

  @Test func savedVectorsGiveTheSameHits() throws {
    let fresh = try search("--corpus", notes, "a cat", "--save", saved)
    expectRows(fresh, 1)
    #expect(try search("--corpus", notes, "a cat", "--vectors", saved).lines == fresh.lines)
    #expect(try folder.names == ["notes.npy", "notes.npy.json", "notes.txt"])
    let record = try object(folder.text("notes.npy.json"))
    #expect(record["rows"] as? Int == 6 && record["dimensions"] as? Int == 32)
    #expect(record["precision"] as? String == "f32" && record["texts"] is String)
    // Without the corpus there are rows and scores.
    let bare = try hits(try search("a cat", "--vectors", saved).lines[0])
    #expect(bare.allSatisfy { Set($0.keys) == ["row", "score"] })
  }

  @Test func vectorsAmongVectorsNeedNoModel() throws {
    try save()
    let result = try embed(
      "search", "--vectors", saved, "--queries", saved, "--top", "2",
      environment: ["EMBED_MODEL": "/nowhere"])
    expectRows(result, 6)
    #expect(try object(result.lines[4])["query"] as? Int == 4)
    #expect(try hits(result.lines[4]).map { $0["row"] as? Int } == [0, 4])
  }

  @Test func moreHitsThanRowsAreAllRows() throws {
    #expect(try hits(try search("--corpus", notes, "x", "--top", "1000000000").lines[0]).count == 6)
  }

  @Test func othersVectorsAreRefused() throws {
    try save()
    let other = try folder.write("other.txt", "the cat\na river\n\nthe house\nthe cat\nmat\n")
    expectFailure(
      try search("--corpus", other, "--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy was made with other texts: 6 of hash b66d2dca26ab432e, "
        + "the corpus has 6 of hash 74277d8be0fa9710; make the vectors again with embed search "
        + "--corpus FILE --save \(folder.path)/notes.npy")
    expectFailure(
      try search("--vectors", saved, "x", "--max-length", "5"),
      message: "\(folder.path)/notes.npy was made with --max-length unset, this run has 5; make "
        + "the vectors again with embed search --corpus FILE --save \(folder.path)/notes.npy")
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.edit("config_sentence_transformers.json") {
      $0["prompts"] = ["document": "an other one: "]
    }
    expectFailure(
      try embed("search", "-m", model.path, "--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy was made with prompt unset, this run has `an other one: "
        + "`; make the vectors again with embed search --corpus FILE --save "
        + "\(folder.path)/notes.npy")
  }

  @Test func aModelIsToldByWhatItMakes() throws {
    try save()
    let model = try ScratchFolder(copyOf: Models.tiny)
    // The same model under another name will do, one that pools otherwise will not.
    expectRows(try embed("search", "-m", model.path, "--vectors", saved, "x"), 1)
    try model.edit("1_Pooling/config.json") {
      $0["pooling_mode_mean_tokens"] = false
      $0["pooling_mode_cls_token"] = true
    }
    expectFailure(
      try embed("search", "-m", model.path, "--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy was made with another model, \(Models.tiny), not "
        + "\(model.path); make the vectors again with embed search --corpus FILE --save "
        + "\(folder.path)/notes.npy")
  }

  @Test func vectorsWithoutTheirRecordAreRefused() throws {
    try save()
    try folder.remove("notes.npy.json")
    expectFailure(
      try search("--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy.json is missing, the record of what made "
        + "\(folder.path)/notes.npy; make the vectors again with embed search --corpus FILE "
        + "--save \(folder.path)/notes.npy")
    try folder.write("notes.npy.json", "{\"model\":")
    expectFailure(
      try search("--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy.json: line 1, column 10: expected a value, found the "
        + "end of the text; make the vectors again with embed search --corpus FILE --save "
        + "\(folder.path)/notes.npy")
  }

  @Test func aSpoiltFileIsRefused() throws {
    try save()
    let whole = try folder.bytes("notes.npy")
    let record = try folder.text("notes.npy.json")
    let noNumPy = " is not a NumPy file: it should begin with \\x93NUMPY; give a .npy file"
    let cut = " is cut off: 6 × 32 numbers of 4 bytes do not take the"
    for (length, message) in [
      (0, noNumPy), (9, noNumPy),
      (100, ": its header claims 118 bytes; the file is cut off or damaged"),
      (128, "\(cut) 0 bytes after its header; make it again"),
      (whole.count - 1, "\(cut) 767 bytes after its header; make it again"),
    ] {
      try folder.write("notes.npy", whole[..<length])
      expectFailure(try search("--vectors", saved, "x"), message: saved + message)
      expectFailure(
        try embed("search", "--vectors", saved, "--queries", saved), message: saved + message)
    }
    try folder.write("notes.npy", whole)
    try folder.write(
      "notes.npy.json", record.replacingOccurrences(of: "\"rows\":6", with: "\"rows\":7"))
    expectFailure(
      try search("--vectors", saved, "x"),
      message: "\(folder.path)/notes.npy is 6 × 32, \(folder.path)/notes.npy.json records 7 × "
        + "32; make the vectors again with embed search --corpus FILE --save "
        + "\(folder.path)/notes.npy")
  }

  @Test func vectorsOfAnotherWidthAreRefused() throws {
    try save()
    let forms = Fixture.path("vectors/forms")
    expectFailure(
      try embed("search", "--vectors", saved, "--queries", "\(forms)/f4.npy"),
      message: "\(Models.root)/Tests/Fixtures/vectors/forms/f4.npy has vectors of 4 dimensions, "
        + "\(folder.path)/notes.npy of 32; use vectors of one model")
    expectFailure(
      try embed("search", "--vectors", "\(forms)/fortran.npy", "--queries", "\(forms)/f4.npy"),
      message: "\(Models.root)/Tests/Fixtures/vectors/forms/fortran.npy: the array is in Fortran "
        + "order, should be in C order; save it with numpy.save(path, "
        + "numpy.ascontiguousarray(array))")
    expectFailure(
      try embed("search", "--vectors", "\(forms)/empty.npy", "--queries", "\(forms)/f4.npy"),
      message: "\(forms)/empty.npy has no rows; make it from a file that has texts, with embed "
        + "encode FILE --output \(forms)/empty.npy or embed search --corpus FILE --save "
        + "\(forms)/empty.npy")
    expectRows(
      try embed("search", "--vectors", "\(forms)/f4.npy", "--queries", "\(forms)/empty.npy"), 0)
  }

  @Test func aCorpusMustHaveTexts() throws {
    expectFailure(
      try search("--corpus", try folder.write("none.txt", ""), "x"),
      message: "\(folder.path)/none.txt has no rows to search in; give texts")
    expectFailure(
      try search("--corpus", "/nowhere/a.txt", "x"),
      message: "/nowhere/a.txt: cannot open: No such file or directory; check the path")
    expectFailure(
      try search("--corpus", try folder.write("bad.jsonl", "{\"text\":\"a\"}\n{}\n"), "x"),
      message: "\(folder.path)/bad.jsonl, line 2: no `text` in an empty object; add it, or leave "
        + "the row out")
  }

  @Test func queriesBeforeABadOneAreAnswered() throws {
    var command = try embedCommand(["search", "-m", Models.tiny, "--corpus", notes])
    command.seconds = 20
    let result = try command(Array("the cat\n".utf8) + [0xFF, 0x0A])
    expectFailure(
      result,
      message: "stdin, line 2: not UTF-8 (byte 0xFF at column 1); convert the file to UTF-8",
      rows: 1)
  }

  @Test func nothingHalfWrittenIsTakenForWhole() throws {
    try save()
    let old = try folder.bytes("notes.npy")
    // The folder of the record is gone by the time it is written: the vectors stay without.
    let result = try search("--corpus", notes, "--save", "\(folder.path)/none/notes.npy", "x")
    expectFailure(
      result,
      message: "\(folder.path)/none/notes.npy.part: cannot create: No such file or directory; "
        + "make its folder first")
    #expect(try folder.bytes("notes.npy") == old)
    expectFailure(
      try search("--corpus", notes, "--save", "/dev/null", "x"),
      message: "--save is /dev/null, which keeps no vectors; name a file that ends in .npy")
  }

  @Test(arguments: [
    ["x"], ["--corpus", "-"], ["--corpus", "a", "--queries", "b.npy"], ["--queries", "b"],
    ["--corpus", "a", "--query-field", "x", "y"], ["--corpus", "a", "--where", "x", "y"],
    ["--vectors", "a", "--where", "x=1", "y"], ["--corpus", "a", "--rescore", "b.npy", "x"],
    ["--corpus", "a", "--vectors", "b", "--oversample", "4", "x"],
    ["--corpus", "a", "--save", "b.npy", "--where", "x=1", "y"],
    ["--corpus", "a", "--top", "0", "x"], ["--vectors", "a", "--save", "b", "x"],
    ["--corpus", "a", "--metric", "x", "x"], ["--vectors", "a", "--queries", "b", "x"],
  ])
  func wrongUsageIsSaid(arguments: [String]) throws {
    #expect(try embedCommand(["search"] + arguments)().ending == .exited(64))
  }
}

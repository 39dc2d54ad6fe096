import Foundation
import TestSupport
import Testing

/// `embed evaluate`.
@Suite struct EvaluateTests {
  private let folder: ScratchFolder
  private static func retrieval(_ more: [String]) -> [String] {
    ["retrieval", "--queries", "i.csv", "--corpus", "i.csv", "--relevant", "r.csv"] + more
  }
  private static let noText =
    "i.csv, line 1: no column `text`; this row has `id`, `body`, should name `id`, `text`, or none "
    + "if it is no header"
  private static let texts = [
    "the cat sat on a mat", "a cat on the mat", "the river", "a river by the house", "and then",
    "the fox ran home", "home ran a fox", "by river and house",
  ]

  init() throws { folder = try ScratchFolder() }

  private func evaluate(_ arguments: String...) throws -> CommandResult {
    try embedCommand(["evaluate", arguments[0], "-m", Models.tiny] + arguments.dropFirst())()
  }

  private func sts(_ name: String, _ text: String) throws -> CommandResult {
    try evaluate("sts", try folder.write(name, text), "--json")
  }

  private func value(_ result: CommandResult, _ group: String, _ name: String) throws -> Double {
    try #require((try object(result.text)[group] as? [String: Any])?[name] as? Double)
  }

  @Test func columnsAreFoundByTheirNames() throws {
    let rows = (0..<7).map { (Self.texts[$0], Self.texts[7 - $0], "\(Double($0 * $0 % 5))") }
    let plain = try sts("a.csv", rows.map { "\($0.0),\($0.1),\($0.2)\n" }.joined())
    #expect(try object(plain.text)["pairs"] as? Int == 7)
    let named = try sts(
      "b.tsv",
      "id\tscore\tsentence2\tsentence1\n" + rows.map { "1\t\($0.2)\t\($0.1)\t\($0.0)\n" }.joined())
    let objects = try sts(
      "c.jsonl",
      rows.map { "{\"sentence2\":\"\($0.1)\",\"score\":\($0.2),\"sentence1\":\"\($0.0)\"}\n" }
        .joined())
    #expect(named.text == plain.text && objects.text == plain.text)
    let other = try evaluate(
      "sts",
      try folder.write("d.csv", "x,y,z\n" + rows.map { "\($0.2),\($0.0),\($0.1)\n" }.joined()),
      "--columns", "y,z,x", "--json")
    #expect(other.text == plain.text)
  }

  @Test func aTableIsForPeople() throws {
    let file = try folder.write("a.csv", "the cat,a cat,5\nthe river,a fox,1\na,b,2\n")
    let result = try evaluate("sts", file)
    expectRows(result, 4)
    #expect(result.lines[0] == "3 pairs" && result.lines[2].hasPrefix("pearson "))
  }

  @Test(arguments: ["the cat,a cat,5\n", "a cat,river,2\nfox,mat,2\n", "a,b,1\na,b,2\n"])
  func aCorrelationThatDoesNotExistIsSaid(text: String) throws {
    let result = try sts("a.csv", text)
    #expect(result.ending == .exited(0) && !result.text.lowercased().contains("nan"))
    let cosine = try #require(try object(result.text)["cosine"] as? [String: Any])
    #expect(cosine["pearson"] is NSNull && cosine["spearman"] is NSNull)
    let values = ["cosine", "dot", "euclidean", "manhattan"].flatMap {
      ["`pearson of \($0)`", "`spearman of \($0)`"]
    }
    #expect(
      result.stderr
        == "embed: no value for \(values.joined(separator: ", ")): a correlation needs at least two "
        + "rows, and numbers that differ on both sides\n")
    let table = try evaluate("sts", "\(folder.path)/a.csv")
    #expect(table.text.contains("none") && !table.text.lowercased().contains("nan"))
  }

  @Test(
    arguments: [
      ("a.csv", "a,b\n", ", line 1: 2 cells, should be 3 at least (sentence1, sentence2, score)"),
      ("a.csv", "", " has no rows of sentence1, sentence2, score"),
      ("a.csv", "sentence1,sentence2,score\n", " has no rows of sentence1, sentence2, score"),
      ("a.csv", "a,b,1\nc,d,much\n", ", line 2: score is `much`, should be a number such as 2.5"),
      ("a.csv", "a,b,nan\n", ", line 1: score is `nan`, should be a number such as 2.5"),
      ("a.csv", "a,b,\n", ", line 1: score is ``, should be a number such as 2.5"),
      (
        "a.csv", "sentence1,sentence2,rating\na,b,1\n",
        ", line 1: no column `score`; this row has `sentence1`, `sentence2`, "
          + "`rating`, should name `sentence1`, `sentence2`, `score`, or none if "
          + "it is no header"
      ),
      (
        "a.csv", "sentence1\na\nb\n",
        ", line 1: no column `sentence2`; this row has `sentence1`, should "
          + "name `sentence1`, `sentence2`, `score`, or none if it is no header"
      ),
      (
        "a.csv", "sentence1,score,score,sentence2\na,1,2,b\n",
        ", line 1: 2 columns are named `score`; rename all but one"
      ),
      ("a.csv", "a,b,0x10\n", ", line 1: score is `0x10`, should be a number such as 2.5"),
      ("a.csv", "a,b,inf\n", ", line 1: score is `inf`, should be a number such as 2.5"),
      ("a.csv", "a,b,1\u{0}\n", ", line 1: score is `1\\x00`, should be a number such as 2.5"),
      ("a.csv", "a,b,1 2\n", ", line 1: score is `1 2`, should be a number such as 2.5"),
      (
        "a.csv", "a,\"b\n\nc\",1\r\nd,e,x\r\n",
        ", line 4: score is `x`, should be a number such as 2.5"
      ),
      (
        "a.csv", "a,b,1\n\"c,d,2\n",
        ", line 2: a quote opens here and is never closed; close it, or double "
          + "it if it is text"
      ),
      ("a.tsv", "a\tb\n", ", line 1: 2 cells, should be 3 at least (sentence1, sentence2, score)"),
      ("a.jsonl", "", " has no rows of sentence1, sentence2, score"),
      (
        "a.jsonl", "{\"sentence1\":null,\"sentence2\":\"b\",\"score\":1}\n",
        ", line 1: `sentence1` is null, should be a string or a number"
      ),
      (
        "a.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1e400}\n",
        ", line 1: score is `1e400`, should be a number such as 2.5"
      ),
      (
        "a.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\"}\n",
        ", line 1: no `score`; the object has `sentence1`, `sentence2`; name "
          + "one with --columns"
      ),
    ] as [(String, String, String)])
  func badPairsAreNamed(name: String, text: String, message: String) throws {
    expectFailure(try sts(name, text), message: "\(folder.path)/\(name)\(message)")
  }

  @Test func aFileOfAnySystemIsRead() throws {
    let plain = try sts("a.csv", "sentence1,sentence2,score\n\"a, b\",c,1\nd,e,2\n")
    expectRows(plain, 1)
    let bytes = [0xEF, 0xBB, 0xBF] + "sentence1,sentence2,score\r\n\"a, b\",c, 1\r\n\r\nd,e,2".utf8
    let other = try evaluate("sts", try folder.write("b.csv", bytes), "--json")
    #expect(other.text == plain.text)
    let broken = try folder.write("c.csv", Array("a,b,1\nc,d".utf8) + [0xFF] + ",2\n".utf8)
    expectFailure(
      try evaluate("sts", broken),
      message: "\(folder.path)/c.csv, line 2: not UTF-8 (byte 0xFF at column 4); if it is latin1, "
        + "read it with --encoding latin1")
    expectFailure(
      try evaluate("sts", folder.path),
      message: "\(folder.path): is a directory; name the files in it")
  }

  private static let missingColumns: [(arguments: [String], message: String)] = [
    (
      ["triplets", "t.csv"],
      "t.csv, line 1: no column `negative`; this row has `anchor`, `positive`, `other`, should name "
        + "`anchor`, `positive`, `negative`, or none if it is no header"
    ),
    (
      ["triplets", "t.csv", "--columns", "anchor,positive,none"],
      "t.csv, line 1: no column `none`; this row has `anchor`, `positive`, `other`, should name "
        + "`anchor`, `positive`, `none`"
    ),
    (
      ["triplets", "plain.csv", "--columns", "x,y,z"],
      "plain.csv, line 1: no column `x`; this row has `a cat`, `the cat`, `a river`, should name "
        + "`x`, `y`, `z`"
    ),
    (
      ["binary", "t.csv", "--columns", "anchor,positive,label"],
      "t.csv, line 1: no column `label`; this row has `anchor`, `positive`, `other`, should name "
        + "`anchor`, `positive`, `label`"
    ),
    (retrieval([]), noText),
    (
      retrieval(["--field", "words", "--id", "name"]),
      "i.csv, line 1: no column `name`; this row has `id`, `body`, should name `name`, `words`"
    ),
    (
      retrieval(["--field", "body"]),
      "r.csv: no row names a document of i.csv; the columns should be query-id and corpus-id"
    ),
    (["paraphrases", "--corpus", "i.csv", "--duplicates", "r.csv"], noText),
  ]

  @Test(arguments: missingColumns)
  func columnsThatAreNotThereAreNotGuessed(_ arguments: [String], _ message: String) throws {
    try folder.write("t.csv", "anchor,positive,other\na,b,c\n")
    try folder.write("plain.csv", "a cat,the cat,a river\n")
    try folder.write("i.csv", "id,body\n1,a cat\n")
    try folder.write("r.csv", "query-id,corpus-id\n1,9\n")
    var command = try embedCommand(["evaluate"] + arguments + ["-m", Models.tiny])
    command.folder = folder.path
    expectFailure(try command(), message: message)
  }

  @Test func textsWithoutTokensHaveVectorsOfLengthZero() throws {
    // A static model knows nothing to say of an empty text.
    let model = "\(Models.root)/models.example/minilm-static"
    func run(_ arguments: String...) throws -> CommandResult {
      let result = try embedCommand(arguments + ["-m", model])()
      #expect(result.ending == .exited(0), "\(result.stderr)")
      for word in ["nan", "inf,", "inf\n"] { #expect(!result.text.lowercased().contains(word)) }
      return result
    }
    let sts = try run("evaluate", "sts", try folder.write("a.csv", ",abc,1\nabc,abc,2\n"), "--json")
    // Zero and one: the line through two points.
    for metric in ["cosine", "dot"] { #expect(try value(sts, metric, "pearson") == 1) }
    let none = try run("evaluate", "sts", try folder.write("b.csv", ",,1\n,,2\n"))
    #expect(none.text.contains("none") && none.stderr.hasPrefix("embed: no value for "))
    _ = try run("evaluate", "binary", try folder.write("c.csv", ",,0\n,abc,1\nabc,abc,1\n"))
    _ = try run("evaluate", "triplets", try folder.write("d.csv", ",,\n,abc,\n"))
    #expect(try run("similarity", "", "abc").lines == ["0.0"])
    #expect(try run("similarity", "", "").lines == ["0.0"])
    let texts = try folder.write("e.txt", "\nabc\n\nabc\n")
    #expect(try object(run("mine", texts).lines[0])["score"] as? Double == 1)
    #expect(try run("search", "--corpus", texts, "").lines.count == 1)
    #expect(try run("cluster", "--kmeans", "2", "--quiet", texts).lines.count == 4)
    _ = try run("plot", texts, "--output", "\(folder.path)/e.svg")
    #expect(!(try folder.text("e.svg").lowercased().contains("nan")))
  }

  @Test func tripletsAreCounted() throws {
    let file = try folder.write(
      "t.csv", "negative,anchor,positive\nthe river,a cat,a cat\na cat,a cat,the river\n")
    let result = try evaluate("triplets", file, "--json")
    #expect(try object(result.text)["triplets"] as? Int == 2)
    // A text is nearer to itself than to another, even behind another prompt, or all is lost.
    #expect(try value(result, "cosine", "accuracy") == 0.5)
    #expect(try value(result, "manhattan", "accuracy") == 0.5)
  }

  @Test func pairsAreToldApart() throws {
    let file = try folder.write(
      "p.csv", "a cat,a cat,1\nthe river,the river,1\na cat,the river,0\nfox,by the house,0\n")
    let result = try evaluate("binary", file, "--json")
    for metric in ["cosine", "dot", "euclidean", "manhattan"] {
      for name in ["accuracy", "f1", "precision", "recall", "ap", "mcc"] {
        #expect(try value(result, metric, name) == 1)
      }
    }
    #expect(try value(result, "euclidean", "f1_threshold") > 0)
    expectFailure(
      try evaluate("binary", try folder.write("q.csv", "a,b,1\na,b,2\n")),
      message: "\(folder.path)/q.csv, line 2: label is 2.0, should be 0 or 1")
  }

  @Test func searchesAreMeasured() throws {
    let corpus = try folder.write(
      "c.csv", "id,text\n" + Self.texts.enumerated().map { "d\($0),\($1)\n" }.joined())
    let queries = try folder.write("q.csv", "id,text\nq1,the river\nq2,nothing\nq3,and then\n")
    let relevant = try folder.write(
      "r.tsv", "query-id\tcorpus-id\tscore\nq1\td2\t1\nq3\td4\t1\nq3\tgone\t1\n")
    let result = try evaluate(
      "retrieval", "--queries", queries, "--corpus", corpus, "--relevant", relevant, "--json")
    let report = try object(result.text)
    #expect(report["queries"] as? Int == 2 && report["documents"] as? Int == 8)
    let values = try #require(report["cosine"] as? [String: Double])
    #expect(values.count == 15)
    // All eight documents are among the first ten: one of one and one of two are found.
    #expect(values["recall@10"] == 0.75 && values["accuracy@10"] == 1)
    #expect(values["precision@10"] == 0.1)
    expectFailure(
      try evaluate(
        "retrieval", "--queries", queries, "--corpus", corpus, "--relevant",
        try folder.write("s.tsv", "q1\td2\nq7\td1\n")),
      message: "\(folder.path)/s.tsv, line 2: there is no query `q7` in \(folder.path)/q.csv; "
        + "the columns should be query-id and corpus-id")
    expectFailure(
      try evaluate(
        "retrieval", "--queries", queries, "--corpus", try folder.write("e.csv", "a,x\nb,y\na,z\n"),
        "--relevant", relevant),
      message: "\(folder.path)/e.csv, line 3: the id `a` is that of \(folder.path)/e.csv, line "
        + "1 as well; ids must differ")
  }

  @Test func minedPairsAreMeasured() throws {
    let corpus = try folder.write("c.csv", "1,a cat\n2,the river\n3,a cat\n4,home ran a fox\n")
    let pairs = try folder.write("d.csv", "id1,id2\n3,1\n1,3\n1,9\n")
    let result = try evaluate("paraphrases", "--corpus", corpus, "--duplicates", pairs, "--json")
    #expect(try object(result.text)["duplicates"] as? Int == 1)
    for name in ["average_precision", "f1", "precision", "recall"] {
      #expect(try value(result, "cosine", name) == 1)
    }
    expectFailure(
      try evaluate(
        "paraphrases", "--corpus", corpus, "--duplicates", try folder.write("n.csv", "8,9\n")),
      message: "\(folder.path)/n.csv: no row names two texts of \(folder.path)/c.csv; the "
        + "columns should be id1 and id2")
  }

  @Test(arguments: [
    ["sts"], ["sts", "a", "--columns", "a,b"], ["sts", "a", "--columns", "a,b,b"],
    ["retrieval", "--queries", "a"], ["paraphrases"],
    ["paraphrases", "--corpus", "a", "--duplicates", "b", "--id", "text"],
  ])
  func wrongUsageIsSaid(arguments: [String]) throws {
    #expect(try embedCommand(["evaluate"] + arguments)().ending == .exited(64))
  }
}

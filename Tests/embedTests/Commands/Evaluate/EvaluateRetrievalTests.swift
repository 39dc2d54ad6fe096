import TestSupport
import Testing

/// `embed evaluate retrieval`: the judgements that it reads.
@Suite struct EvaluateRetrievalTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(
      "corpus.csv",
      "id,text\nd0,the cat sat on a mat\nd1,the river\nd2,a fox ran home\nd3,and then\n")
    try folder.write("queries.csv", "id,text\nq1,the river\nq2,a fox\nq3,and then\n")
  }

  /// Evaluates with judgements in a file of that name.
  private func evaluate(
    _ name: String, _ judgements: String, corpus: String = "corpus.csv",
    queries: String = "queries.csv"
  ) throws -> CommandResult {
    try folder.write(name, judgements)
    var command = try embedCommand([
      "evaluate", "retrieval", "-m", Models.tiny, "--json", "--queries", queries, "--corpus",
      corpus, "--relevant", name,
    ])
    command.folder = folder.path
    return try command()
  }

  // All four documents are hits, so that these say nothing but what is relevant: for q1 one
  // document, for q2 two of which one is not in the corpus; q3 has none and is left out.
  private static let expected = [
    "accuracy@5": 1.0, "precision@5": 0.2, "precision@10": 0.1, "recall@5": 0.75, "recall@10": 0.75,
  ]

  @Test(arguments: [
    (
      "beir.tsv",
      "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\nq2\tgone\t2\nq1\td0\t0\nq3\td3\t0\n"
    ),
    ("plain.tsv", "q1\td1\t1\nq1\td2\t-1\nq2\td2\t1\nq2\tgone\t0.5\nq3\td0\t0.0\n"),
    ("pairs.tsv", "q1\td1\nq2\td2\nq2\tgone\n"),
    ("trec.tsv", "q1\t0\td1\t1\nq2\t0\td2\t1\nq2\t0\tgone\t3\nq3\t0\td3\t0\n"),
    ("trec.txt", "q1 0 d1 1\nq2 0 d2   1\r\nq2 Q0 gone 3 \nq3 0 d3 -2\n"),
    ("qrels", "q1\t0\td1\t1\nq2\t0\td2\t1\nq2\t0\tgone\t3\nq3\t0\td3\t0\n"),
    ("beir.txt", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\nq2\tgone\t2\nq3\td3\t0\n"),
    ("other.csv", "score,x,corpus-id,query-id\n1,,d1,q1\n1,,d2,q2\n1,,gone,q2\n0,,d1,q3\n"),
    (
      "names.csv",
      "query_id,doc_id,relevance,iteration\nq1,d1,1,0\nq2,d2,1,0\nq2,gone,1,0\nq3,d1,0,0\n"
    ),
    (
      "objects.jsonl",
      """
      {"query-id":"q1","corpus-id":"d1","score":1}
      {"query-id":"q2","corpus-id":"d2","score":"1"}
      {"query-id":"q2","corpus-id":"gone","score":2.0}
      {"query-id":"q3","corpus-id":"d3","score":0}

      """
    ),
    (
      "unscored.jsonl",
      #"{"query-id":"q1","corpus-id":"d1"}"# + "\n" + #"{"query-id":"q2","corpus-id":"d2"}"# + "\n"
        + #"{"query-id":"q2","corpus-id":"gone"}"# + "\n"
    ),
    // The later judgement of a pair counts.
    ("twice.tsv", "q1\td1\t0\nq1\td1\t1\nq2\td2\t1\nq2\tgone\t1\nq2\td3\t1\nq2\td3\t0\n"),
  ])
  func aScoreAboveZeroIsRelevant(name: String, judgements: String) throws {
    let result = try evaluate(name, judgements)
    expectRows(result, 1)
    let report = try object(result.text)
    #expect(report["queries"] as? Int == 2 && report["documents"] as? Int == 4)
    let values = try #require(report["cosine"] as? [String: Double])
    for (metric, value) in Self.expected { #expect(values[metric] == value, "\(metric)") }
  }

  @Test(arguments: [
    (
      "a.tsv", "q1\td1\t0\nq2\td1\t-1\n",
      ": no score is above 0, so no document is relevant for any query"
    ),
    (
      "a.tsv", "q1\td1\t1\nq2\td2\tyes\n",
      ", line 2: score is `yes`, should be a number such as 2.5"
    ),
    ("a.tsv", "q1\td1\t\n", ", line 1: score is ``, should be a number such as 2.5"),
    (
      "a.txt", "q1 0 d1 1\nq2 0 d2 nan\n",
      ", line 2: score is `nan`, should be a number such as 2.5"
    ),
    ("a.tsv", "q1\td1\t1\nq2\td2\n", ", line 2: 2 cells, should be 3, as in the first row"),
    (
      "a.tsv", "query-id\tcorpus-id\tscore\nq2\td2\n", ", line 2: 2 cells, should be 3 at least"
    ),
    (
      "a.csv", "q1,0,d1,1,x\n",
      ", line 1: 5 cells, should be 2 or 3 (query-id, corpus-id, score), or TREC's 4 (query-id, 0, "
        + "corpus-id, score)"
    ),
    (
      "a.txt", "q1\n",
      ", line 1: 1 cell, should be 2 or 3 (query-id, corpus-id, score), or TREC's 4 (query-id, 0, "
        + "corpus-id, score)"
    ),
    (
      "a.tsv", "query-id\tdocument\nq1\td1\n",
      ", line 1: no column `corpus-id`; this row has `query-id`, `document`, should name `query-id`, "
        + "`corpus-id` and, where there is one, `score`"
    ),
    (
      "a.tsv", "query-id\tcorpus-id\tdoc_id\nq1\td1\td2\n",
      ", line 1: 2 columns are named like `corpus-id`; rename all but one"
    ),
    ("a.tsv", "", " has no rows of query-id, corpus-id, score"),
    (
      "a.tsv", "q1\td1\t1\nq9\td1\t0\n",
      ", line 2: there is no query `q9` in queries.csv; the columns should be query-id and corpus-id"
    ),
    (
      "a.tsv", "q1\td9\t1\n",
      ": no row names a document of corpus.csv; the columns should be query-id and corpus-id"
    ),
    (
      "a.jsonl", "{\"query-id\":\"q1\",\"doc\":\"d1\"}\n",
      ", line 1: no `corpus-id`; the object has `query-id`, `doc`, should have `query-id`, "
        + "`corpus-id` and, where there is one, `score`"
    ),
    (
      "a.jsonl", "{\"query-id\":\"q1\",\"corpus-id\":\"d1\",\"score\":null}\n",
      ", line 1: `score` is null, should be a string or a number"
    ),
  ])
  func judgementsThatCannotBeReadAreNamed(name: String, text: String, message: String) throws {
    expectFailure(try evaluate(name, text), message: name + message)
  }

  @Test func idsOfOtherBytesAreOtherIds() throws {
    // é as one code point and as two, which Swift's strings take for the same.
    try folder.write("accents.csv", "id,text\n\u{E9},the river\ne\u{301},a fox ran home\n")
    let result = try evaluate(
      "a.tsv", "\u{E9}\te\u{301}\t1\n", corpus: "accents.csv", queries: "accents.csv")
    expectRows(result, 1)
    let report = try object(result.text)
    #expect(report["queries"] as? Int == 1 && report["documents"] as? Int == 2)
    let values = try #require(report["cosine"] as? [String: Double])
    #expect(values["recall@5"] == 1 && values["precision@5"] == 0.2 && values["accuracy@1"] == 0)
  }

  @Test func standardInputIsReadOnceWhateverItsIdsAreCalled() throws {
    try folder.write("relevant.tsv", "q1\td1\t1\n")
    var command = try embedCommand([
      "evaluate", "retrieval", "-m", Models.tiny, "--json", "--queries", "queries.csv", "--corpus",
      "-", "--relevant", "relevant.tsv",
    ])
    command.folder = folder.path
    let result = try command(Array("_id,text\nd0,the cat\nd1,the river\n".utf8))
    expectRows(result, 1)
    #expect(try object(result.text)["documents"] as? Int == 2)
    expectFailure(
      try command(Array("_id,text\n".utf8)), message: "stdin has no rows of id, text")
  }

  @Test func filesOfBEIRAreReadAsTheyAre() throws {
    try folder.write(
      "corpus.jsonl",
      """
      {"_id":"d0","title":"","text":"the cat sat on a mat"}
      {"_id":"d1","title":"","text":"the river"}

      """)
    try folder.write("queries.jsonl", "{\"_id\":\"q1\",\"text\":\"the river\",\"metadata\":{}}\n")
    let result = try evaluate(
      "test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td0\t0\n", corpus: "corpus.jsonl",
      queries: "queries.jsonl")
    expectRows(result, 1)
    let values = try #require(try object(result.text)["cosine"] as? [String: Double])
    #expect(values["recall@10"] == 1 && values["precision@5"] == 0.2)
    try folder.write("corpus.jsonl", "{\"name\":\"d0\",\"text\":\"a\"}\n")
    expectFailure(
      try evaluate("test.tsv", "q1\td1\t1\n", corpus: "corpus.jsonl", queries: "queries.jsonl"),
      message:
        "corpus.jsonl, line 1: no `id`; the object has `name`, `text`; name one with --columns"
    )
  }
}

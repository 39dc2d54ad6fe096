import TestSupport
import Testing
import Training

@testable import embed

/// Which columns are texts and which is the label, and what is said of it.
@Suite struct ColumnChoiceTests {
  @Test(
    arguments: [
      ("a.csv", "anchor,positive\na,b\nc,d\n", [], ["a|b", "c|d"], []),
      // What answers comes after what asks; numbers are no texts.
      (
        "a.csv", "id,answer,question\n1,a,b\n2,c,d\n", [], ["b|a", "d|c"],
        [
          "a.csv: its columns `answer`, `question` are taken in the order `question`, `answer`; "
            + "--columns "
            + "answer,question keeps theirs",
          "a.csv: not used, as no texts: `id`",
        ]
      ),
      (
        "a.csv", "answer,question\na,b\nc,d\n", ["--columns", "answer,question"], ["a|b", "c|d"], []
      ),
      // Names that say nothing stay in their order.
      ("a.tsv", "links\trechts\na\tb\nc\td\n", [], ["a|b", "c|d"], []),
      (
        "a.csv", "negative_2,positive,negative_1,anchor\na,b,c,d\ne,f,g,h\n", [],
        ["d|b|a|c", "h|f|e|g"],
        [
          "a.csv: its columns `negative_2`, `positive`, `negative_1`, `anchor` are taken in the "
            + "order "
            + "`anchor`, `positive`, `negative_2`, `negative_1`; --columns "
            + "negative_2,positive,negative_1,anchor keeps theirs"
        ]
      ),
      // STS has no header.
      (
        "a.csv", "a cat,a dog,5.0\nx,y,2.5\n", [], ["a cat|a dog 1.0", "x|y 0.5"],
        [
          "a.csv: has no header; its columns are taken as `sentence1`, `sentence2`, `score`",
          "scores of `score` go up to 5: divided by 5 (--score-range 0,5)",
        ]
      ),
      (
        "a.csv", "a cat,a dog,0.5\nx,y,0.25\n", ["--columns", "u,v", "--label", "w"],
        ["a cat|a dog 0.5", "x|y 0.25"],
        ["a.csv: has no header; its columns are taken as `u`, `v`, `w`"]
      ),
      (
        "a.csv", "a cat.,a dog.\nx,y\n", [], ["a cat.|a dog.", "x|y"],
        ["a.csv: has no header; its columns are taken as `anchor`, `positive`"]
      ),
      (
        "a.jsonl",
        #"{"n":1,"x":"a","y":"b","score":0.5}"# + "\n"
          + #"{"score":1,"y":"d","x":"c","n":2}"# + "\n", [], ["a|b 0.5", "c|d 1.0"],
        ["a.jsonl: not used, as no texts: `n`"]
      ),
      (
        "a.json", #"[{"anchor":"a","positive":"b"},{"anchor":"c","positive":"d"}]"#, [],
        ["a|b", "c|d"], []
      ),
      // Numbers of JSON are texts where they are asked for.
      (
        "a.jsonl", #"{"x":"a","y":7}"# + "\n" + #"{"x":"b","y":8}"# + "\n", ["--columns", "x,y"],
        ["a|7", "b|8"], []
      ),
      (
        "a.jsonl", #"{"x":"a","y":"b","v":[1,2,3,4]}"# + "\n", [], ["a|b [1.0, 2.0, 3.0, 4.0]"], []
      ),
      (
        "a.jsonl", #"{"x":"a","y":"b","label":[[1,2,3,4],[5,6,7,8]]}"# + "\n", [],
        ["a|b [1.0, 2.0, 3.0, 4.0] [5.0, 6.0, 7.0, 8.0]"], []
      ),
      // Without a label all labels are passed over.
      (
        "a.csv", "sentence1,sentence2,score\na,b,1\nc,d,0\n", ["--label", "none"], ["a|b", "c|d"],
        ["a.csv: not used, as no texts: `score`"]
      ),
      (
        "a.csv", "sentence1,sentence2,score\na,b,1\nc,d,0\n", ["--loss", "mnrl"], ["a|b", "c|d"],
        ["a.csv: column `score` is not used by MultipleNegativesRankingLoss"]
      ),
      (
        "a.csv", "id,anchor,positive\nx1,a,b\nx2,,d\n", [], ["x1|a|b", "x2||d"],
        [
          "a.csv: column `id` is taken as texts; if it is none, say --columns anchor,positive",
          "1 of 2 texts of `anchor` is empty, the first in a.csv, line 3",
        ]
      ),
    ] as [(String, String, [String], [String], [String])])
  func columnsAreFound(
    _ name: String, _ text: String, _ words: [String], _ rows: [String], _ notices: [String]
  ) throws {
    let files = try Preparing([name: text])
    let set = try files.data([name] + words).sets[0]
    #expect(set.rows == rows)
    #expect(set.notices.map { $0.replacing("\(files.folder.path)/", with: "") } == notices)
  }

  @Test(
    arguments: [
      (
        "anchor,positive\na,b\n", ["--columns", "anchor,positiv"],
        "a.csv: no column `positiv`; there are `anchor`, `positive`; did you mean `positive`?"
      ),
      (
        "anchor,positive\na,b\n", ["--label", "score"],
        "a.csv: no column `score`; there are `anchor`, `positive`"
      ),
      (
        "sentence1,sentence2,score\na,b,1\nc,d,2\n",
        ["--columns", "score,sentence1", "--label", "sentence2"],
        "a.csv: column `score` has numbers and `sentence2` texts; --columns takes columns of "
          + "texts, "
          + "--label that of labels: are they exchanged?"
      ),
      (
        "sentence1,sentence2,gold_label\na,b,x\nc,d,y\n",
        ["--columns", "gold_label,sentence1", "--label", "sentence2"],
        "a.csv: `gold_label` is named as texts and `sentence2` as labels; --columns takes columns "
          + "of "
          + "texts, --label that of labels: are they exchanged?"
      ),
      (
        "text,score\na,0.5\nc,1\n", ["--label", "text"],
        "a.csv: column `text` has texts and `score` numbers, but `text` is named as labels; are they "
          + "exchanged? Say --label score"
      ),
      ("", [], "a.csv: no rows, or only a header; give a file with a row for each example"),
      (
        "anchor,positive\n", [],
        "a.csv: no rows, or only a header; give a file with a row for each example"
      ),
      (
        "anchor,positive\na,b\nc\n", [],
        "a.csv, line 3: 1 cell, the header has 2; quote cells that contain what is between cells"
      ),
      (
        "anchor,anchor\na,b\n", [],
        "a.csv, line 1: 2 columns are named `anchor`; rename all but one"
      ),
      (
        "score,label\n1,2\n", [],
        "a.csv: no column has texts, of `score`, `label`; name them with --columns"
      ),
      (
        "text\nhello\nworld\n", [],
        "a.csv has one column of texts, `text`, and no labels; to train, name a second column "
          + "(--columns A,B), one of classes (--label NAME), or a model to learn from (--teacher "
          + "MODEL)"
      ),
      (
        "id,genre,sentence1,sentence2,score\nx,y,a,b,1\nx,z,c,d,2\n", [],
        "a.csv has 4 columns of texts, `id`, `genre`, `sentence1`, `sentence2`, and scores in "
          + "`score`, "
          + "for which no loss goes without saying; name one with --loss, or choose with --columns "
          + "sentence1,sentence2 and --label"
      ),
      (
        "anchor,positive\na,\nc,\n", ["--columns", "anchor,positive"],
        "a.csv: all texts of `positive` are empty"
      ),
    ] as [(String, [String], String)])
  func whatIsNoColumnIsSaid(_ text: String, _ words: [String], _ message: String) throws {
    #expect(try Preparing(["a.csv": text]).outcome(["a.csv"] + words) == message)
  }

  @Test(
    arguments: [
      (
        #"{"anchor":"a"}"#,
        "no `positive`; the object has `anchor`; name columns with --columns and --label"
      ),
      (#"{"anchor":"a","positive":null}"#, "`positive` is null, should be a string"),
      (
        #"{"anchor":"a","positive":["b"]}"#, "`positive` is a list of strings, should be a string"
      ),
    ])
  func anObjectHasAllColumns(_ row: String, _ message: String) throws {
    let files = try Preparing(["a.jsonl": #"{"anchor":"x","positive":"y"}"# + "\n" + row + "\n"])
    #expect(files.outcome(["a.jsonl"]) == "a.jsonl, line 2: \(message)")
  }

  @Test func severalFilesAreOneSet() throws {
    let files = try Preparing([
      "a.csv": "anchor,positive\na,b\n", "b.jsonl": #"{"positive":"d","anchor":"c"}"# + "\n",
      "c.tsv": "positive\tanchor\nf\te\n", "d.csv": "anchor,answer\ng,h\n",
    ])
    let set = try files.data(["a.csv", "b.jsonl", "c.tsv"]).sets[0]
    #expect(set.rows == ["a|b", "c|d", "e|f"])
    #expect(set.set.place(2) == "\(files.folder.path)/c.tsv, line 2")
    #expect(
      files.outcome(["a.csv", "d.csv"])
        == "d.csv: no column `positive`; there are `anchor`, `answer`")
  }
}

import TestSupport
import Testing
import Training

@testable import embed

/// Labels: which kind they are, what they are numbered and divided by, and which loss they choose.
@Suite struct LabelsTests {
  /// A table of pairs with these labels.
  private func outcome(_ label: String, _ labels: [String], _ words: [String] = []) throws -> String
  {
    let rows = labels.enumerated().map { "a\($0),b\($0),\($1)\n" }.joined()
    let files = try Preparing(["a.csv": "sentence1,sentence2,\(label)\n" + rows])
    var text = ""
    let problem = thrown {
      let set = try files.data(["a.csv"] + words).sets[0]
      let values = set.rows.map { String($0.split(separator: " ")[1]) }.joined(separator: " ")
      text = ([set.lossName, values] + set.notices).joined(separator: "; ")
    }
    return text.isEmpty ? problem.replacing("\(files.folder.path)/", with: "") : text
  }

  @Test(
    arguments: [
      ("score", ["0.5", "1", "0"], [], "CoSENTLoss; 0.5 1.0 0.0"),
      ("score", ["-1", "0.5"], [], "CoSENTLoss; -1.0 0.5"),
      (
        "score", ["5", "2.5", "0"], [],
        "CoSENTLoss; 1.0 0.5 0.0; scores of `score` go up to 5: divided by 5 (--score-range 0,5)"
      ),
      (
        "score", ["7", "1"], [],
        "CoSENTLoss; 0.7 0.1; scores of `score` go up to 7: divided by 10 (--score-range 0,10)"
      ),
      ("score", ["1", "5"], ["--score-range", "1,5"], "CoSENTLoss; 0.0 1.0"),
      ("label", ["1", "0", "2"], [], "SoftmaxLoss; 1 0 2"),
      ("label", ["0.5", "0.25"], [], "CoSENTLoss; 0.5 0.25"),
      (
        "gold_label", ["neutral", "entailment", "neutral"], [],
        "SoftmaxLoss; 1 0 1; classes of `gold_label`: 0 entailment, 1 neutral"
      ),
      // Numbers of which most would be nobody's are numbered anew.
      (
        "label", ["100", "-3", "100"], [], "SoftmaxLoss; 1 0 1; classes of `label`: 0 -3, 1 100"
      ),
      (
        "is_duplicate", ["0", "1"], [],
        "SoftmaxLoss; 0 1; labels are 0 and 1: if they say whether texts belong together, --loss "
          + "ContrastiveLoss learns that"
      ),
      ("is_duplicate", ["0", "1"], ["--loss", "contrastive"], "ContrastiveLoss; 0.0 1.0"),
      (
        "is_duplicate", ["true", "False"], ["--loss", "ContrastiveLoss"], "ContrastiveLoss; 1.0 0.0"
      ),
      ("label", ["1", "0"], ["--loss", "cosine"], "CosineSimilarityLoss; 1.0 0.0"),
    ] as [(String, [String], [String], String)])
  func labelsChooseTheLoss(
    _ name: String, _ labels: [String], _ words: [String], _ expected: String
  ) throws {
    #expect(try outcome(name, labels, words) == expected)
  }

  @Test(
    arguments: [
      (
        "score", ["1", "nan"], [], "a.csv, line 3: `score` is `nan`, should be a number such as 2.5"
      ),
      ("score", ["1", ""], [], "a.csv, line 3: `score` is empty, should be a number such as 2.5"),
      (
        "score", ["1", "2", "much"], [],
        "a.csv, line 4: `score` is `much`, should be a number such as 2.5"
      ),
      (
        "score", ["1", "inf"], [], "a.csv, line 3: `score` is `inf`, should be a number such as 2.5"
      ),
      (
        "label", ["1", "0", "x"], [],
        "a.csv, line 4: `label` is `x`, should be a number of a class, as those of other rows"
      ),
      ("label", ["x", "", "y"], [], "a.csv, line 3: `label` is empty, should be a class"),
      (
        "score", ["101", "3"], [],
        "`score` goes up to 101, should be 0 to 1, 5, 10 or 100; say what it goes from and to with "
          + "--score-range 0,101, or that it is no score with --label"
      ),
      (
        "score", ["6", "1"], ["--score-range", "0,5"],
        "a.csv, line 2: `score` is `6`, should be from 0 to 5, as the score range says"
      ),
      (
        "gold_label", ["x", "x"], [],
        "all rows have the class `x` (`gold_label`); a loss of classes needs two"
      ),
      (
        "is_duplicate", ["1", "1"], ["--loss", "contrastive"],
        "all rows have the is_duplicate 1; the loss needs pairs of both kinds, 0 and 1"
      ),
      (
        "is_duplicate", ["1", "2"], ["--loss", "contrastive"],
        "a.csv, line 3: `is_duplicate` is `2`, should be 0 or 1"
      ),
      (
        "score", ["0.5", "0.5"], [],
        "a.csv: all scores are 0.5, but CoSENTLoss learns of pairs whose scores differ"
      ),
      (
        "label", (0..<12).map { "text \($0)" }, [],
        "`label` has 12 different words in 12 rows, such as `text 0`: no classes; are texts and "
          + "labels "
          + "exchanged? Name the columns with --columns and --label, or none with --label none"
      ),
      (
        "score", ["1", "0"], ["--loss", "mse"],
        "`score` should be lists of numbers, one for each text of the row or for all of them; "
          + "a.csv, "
          + "line 2 has `1`; JSON lines hold lists, or give --teacher MODEL"
      ),
      (
        "other", ["x", "y"], ["--columns", "sentence1,sentence2", "--loss", "cosine"],
        "CosineSimilarityLoss needs scores, but a.csv has no column of them besides `sentence1`, "
          + "`sentence2`; name it with --label"
      ),
    ] as [(String, [String], [String], String)])
  func whatIsNoLabelIsSaid(
    _ name: String, _ labels: [String], _ words: [String], _ message: String
  ) throws {
    #expect(try outcome(name, labels, words) == message)
  }

  @Test(
    arguments: [
      (
        ["[1,2,3]", "[4,5,6]"], [],
        "`label` has lists of 3 numbers, which could be several losses'; name one with --loss "
          + "(MSELoss "
          + "takes vectors of 4, as the model's)"
      ),
      (
        ["[1,2,3]", "[4,5,6]"], ["--loss", "mse"],
        "the lists of `label` have 3 numbers, those of tiny 4; a vector can be learned by one of "
          + "the same length only, or through a projection: --loss-options "
          + "'{\"projection_dim\":3}'"
      ),
      (
        ["[1,2,3,4]", "[4,5,6]"], [],
        "a.jsonl, line 2: `label` is a list of 3 numbers, should be 4 as in the rows before"
      ),
      (
        ["[1,2,3,4]", "7"], [],
        "a.jsonl, line 2: `label` is no list of numbers, should be one as in the rows before"
      ),
      (
        ["[1,2,3,4]", "[1,2,3,1e400]"], [],
        "a.jsonl, line 2: `label` is a list with 1e400 in it, should be numbers"
      ),
      (
        ["[[1,2,3,4],[1,2,3,4],[1,2,3,4]]"], [],
        "`label` has 3 lists a row, should have one, or one for each of the 2 columns of texts"
      ),
      (
        ["[1,2,3,4]"], ["--loss", "cosine"],
        "CosineSimilarityLoss needs scores, but `label` has lists of 4 numbers"
      ),
    ] as [([String], [String], String)])
  func listsAreVectors(_ labels: [String], _ words: [String], _ message: String) throws {
    let rows = labels.map { "{\"a\":\"x\",\"b\":\"y\",\"label\":\($0)}\n" }.joined()
    #expect(try Preparing(["a.jsonl": rows]).outcome(["a.jsonl"] + words) == message)
  }

  @Test(
    arguments: [
      (
        ["x", "y", "z"],
        "!a.csv: each class has one text only, such as `x`, but BatchAllTripletLoss needs two of "
          + "a class"
      ),
      (
        ["x", "x", "y"],
        "1 of 2 classes has one text only, such as `y` in a.csv, line 4: BatchAllTripletLoss "
          + "needs two of a class"
      ),
      (["x", "y", "x", "y"], ""),
    ])
  func aClassWithOneTextIsSaid(_ labels: [String], _ expected: String) throws {
    let rows = labels.enumerated().map { "t\($0),\($1)\n" }.joined()
    let files = try Preparing(["a.csv": "text,label\n" + rows])
    var notices: [String] = []
    let problem = thrown { notices = Array(try files.data(["a.csv"]).sets[0].notices.dropFirst()) }
    let found = problem == "nothing" ? notices.joined() : "!" + problem
    #expect(found.replacing("\(files.folder.path)/", with: "") == expected)
  }
}

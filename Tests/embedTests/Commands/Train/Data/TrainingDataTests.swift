import ModelFiles
import Tensors
import TestSupport
import Testing
import Training

@testable import embed

/// Rows that are read, understood and checked, and what is said and written of them.
@Suite struct TrainingDataTests {
  private static let pairs = "anchor,positive\na,b\nc,d\ne,f\n"

  @Test(
    arguments: [
      (
        [],
        "3 pairs (anchor, positive): MultipleNegativesRankingLoss, scale 20, batches of 64 "
          + "without duplicates"
      ),
      (
        [
          "--loss-options", #"{"scale":3}"#, "--batch-size", "2", "--batch-sampler",
          "batch_sampler",
        ],
        "3 pairs (anchor, positive): MultipleNegativesRankingLoss, scale 3, batches of 2"
      ),
      (
        ["--matryoshka", "4,2"],
        "3 pairs (anchor, positive): MatryoshkaLoss over MultipleNegativesRankingLoss, "
          + "matryoshka_dims "
          + "4/2, batches of 64 without duplicates"
      ),
    ])
  func whatWillBeDoneIsSaid(_ words: [String], _ line: String) throws {
    let outcome = try Preparing(["a.csv": Self.pairs]).outcome(["a.csv"] + words)
    #expect(outcome == "training tiny on " + line)
  }

  @Test func stepsTimeAndMemoryComeLast() throws {
    var summary = try Preparing(["a.csv": Self.pairs]).data(["a.csv"]).summary
    (summary.steps, summary.seconds, summary.bytes) = (1193, 236, 1_100_000_000)
    #expect(summary.line.hasSuffix(" without duplicates; 1,193 steps, about 4 min, 1.1 GB"))
  }

  @Test func staticModelsLearnFaster() throws {
    let data = try Preparing(["a.csv": Self.pairs]).data(["a.csv"], isStatic: true)
    #expect(data.sets[0].batchSize == 2048 && data.options.learningRate == 0.2)
  }

  @Test(
    arguments: [
      (
        ["--batch-size", "1"],
        "MultipleNegativesRankingLoss compares the rows of a batch with each other, so that "
          + "batches of 1 "
          + "teach nothing; choose a larger batch size"
      ),
      (
        ["--loss", "triplet"],
        "TripletLoss takes 3 columns of texts, a.csv has 2: `anchor`, `positive`; add one, or "
          + "choose "
          + "another --loss"
      ),
      (
        ["--loss", "batchall"],
        "BatchAllTripletLoss takes 1 column of texts, a.csv has 2: `anchor`, `positive`; choose "
          + "with "
          + "--columns"
      ),
      (
        ["--prompts", #"{"ancor":"q: "}"#],
        "there is a prompt for column `ancor`, but a.csv has `anchor`, `positive` as texts; name "
          + "one of "
          + "them"
      ),
      (
        ["--evaluate", "b.csv", "--metric", "spearman"],
        "no evaluation has the metric `spearman`; did you mean `spearman_cosine`?; there are "
          + "`pearson_cosine`, `spearman_cosine`"
      ),
    ])
  func whatTeachesNothingIsRefused(_ words: [String], _ message: String) throws {
    let files = try Preparing([
      "a.csv": Self.pairs, "b.csv": "sentence1,sentence2,score\na,b,1\nc,d,2\n",
    ])
    #expect(files.outcome(["a.csv"] + words) == message)
  }

  @Test func oneRowIsNoBatch() throws {
    let files = try Preparing(["a.csv": "anchor,positive\na,b\n"])
    #expect(
      files.outcome(["a.csv"])
        == "a.csv has one row, but MultipleNegativesRankingLoss compares rows with each other; "
        + "give more "
        + "rows")
  }

  @Test func promptsAreByColumnThenForAll() throws {
    let files = try Preparing(["a.csv": Self.pairs])
    let both = try files.data(["a.csv", "--prompt", "x: ", "--prompts", #"{"anchor":"q: "}"#])
    #expect(both.sets[0].prompts == ["q: ", "x: "])
    #expect(try files.data(["a.csv", "--prompt-name", "n"]).sets[0].prompts == ["n: ", "n: "])
  }

  @Test func aTeachersVectorsAreOfTheFirstColumn() throws {
    let teacher = Teacher(name: "big", width: 4) { texts, _ in
      Tensor([texts.count, 4], texts.flatMap { [Float(($0.first ?? 0)), 0, 0, 0] })
    }
    let files = try Preparing(["a.csv": Self.pairs])
    let set = try files.data(["a.csv", "--teacher", "big"], teacher: teacher).sets[0]
    #expect(set.lossName == "MSELoss" && set.rows[1] == "c|d [99.0, 0.0, 0.0, 0.0]")
    let wide = Teacher(name: "big", width: 5) { texts, _ in .zeros([texts.count, 5]) }
    #expect(
      thrown { _ = try files.data(["a.csv", "--teacher", "big"], teacher: wide) }
        == "big's vectors have 5 numbers, those of tiny 4; a vector can be learned by one of the "
        + "same length only: --project dense adds a Dense to the model that makes its vectors as "
        + "long, --project pca makes the teacher's shorter; or through a projection: --loss-options "
        + "'{\"projection_dim\":5}'")
    let projected = ["a.csv", "--teacher", "big", "--loss", "mse", "--loss-options"]
    let options = #"{"projection_dim":5}"#
    #expect(try files.data(projected + [options], teacher: wide).sets[0].lossName == "MSELoss")
    #expect(
      thrown { _ = try files.data(projected + [options], teacher: teacher) }
        == "big's vectors have 4 numbers, but `projection_dim` is 5; it should be 4")
  }

  @Test func aGuideSeesAllColumnsBehindTheirPrompts() throws {
    let guide = Guide { texts, prompt in
      Tensor([texts.count, 2], texts.flatMap { [Float($0.first ?? 0), Float(prompt.count)] })
    }
    let files = try Preparing(["a.csv": Self.pairs])
    let words = [
      "a.csv", "--loss", "gist", "--loss-options", #"{"guide":"big"}"#, "--prompts",
      #"{"anchor":"q: "}"#,
    ]
    let set = try files.data(words, guide: guide).sets[0].set
    #expect(set.guidance.map { $0.rows([1]).elements } == [[99, 3], [100, 0]])
    guard case .guidance(let vectors) = set.labels(of: [1]) else {
      Issue.record("no guidance")
      return
    }
    #expect(vectors.map(\.elements) == [[99, 3], [100, 0]])
    #expect(thrown { _ = try files.data(words) }.contains("no model big"))
    #expect(
      thrown { _ = try files.data(["a.csv", "--loss", "gist"]) }.contains("needs a guide"))
  }

  @Test(arguments: [
    ("q,p,n,score\na,b,c,0.5\nd,e,f,-7\n", "marginmse", ["a|b|c [0.5]", "d|e|f [-7.0]"]),
    ("q,p,label\na,a,\n", "angle", ["should be a number"]),
    ("anchor,positive,negative\na,b,c\nd,e,f\n", "angle", ["a|b|c", "d|e|f"]),
    ("q,p\na,a\nb,c\n", "contrastivetension", ["a|a 1.0", "b|c 0.0"]),
    ("q,p\na,d\nb,c\n", "contrastivetension", ["no rows have equal texts"]),
    ("q,p,n\na,d,e\nb,c,f\n", "marginmse", ["needs a teacher's scores"]),
    ("q,p,n,m,score\na,b,c,d,1\nb,c,f,e,2\n", "kldiv", ["1 number a row"]),
  ])
  func labelsOfOtherKinds(table: String, loss: String, rows: [String]) throws {
    let files = try Preparing(["a.csv": table])
    var found: [String] = []
    let problem = thrown { found = try files.data(["a.csv", "--loss", loss]).sets[0].rows }
    #expect(found == rows || problem.contains(rows[0]), "\(found) \(problem)")
  }

  @Test func scoresInListsAreCounted() throws {
    let row = #"{"q":"a","p":"b","n":"c","score":[3,1]}"#
    let files = try Preparing(["a.jsonl": row + "\n" + row + "\n"])
    for loss in ["marginmse", "kldiv"] {
      #expect(
        try files.data(["a.jsonl", "--loss", loss]).sets[0].rows
          == ["a|b|c [3.0, 1.0]", "a|b|c [3.0, 1.0]"])
    }
    let two = try Preparing(["a.jsonl": row.replacing("[3,1]", with: "[3,1,2]") + "\n"])
    #expect(
      thrown { _ = try two.data(["a.jsonl", "--loss", "kldiv"]) }
        == "`score` has 3 numbers a row, but DistillKLDivLoss needs a teacher's scores of `p`, "
        + "`n`: 2")
  }

  @Test func theWrittenRecipeIsTheSameTraining() throws {
    let files = try Preparing([
      "a.csv": "sentence1,sentence2,score\na,b,4\nc,d,2\ne,f,5\ng,h,1\n",
      "dev.csv": "a,b,1\nc,d,2\n",
    ])
    let data = try files.data([
      "a.csv", "--evaluate", "dev.csv", "--evaluate", "25%", "--learning-rate", "1e-3", "--freeze",
      "embeddings,layers:0-1", "--loss", "cosine", "--dropout", "0", "--prompts",
      #"{"sentence1":"q: "}"#,
    ])
    let written = try data.recipeValue(model: "tiny").file
    try files.folder.write("r.json", written)
    let again = try files.data(["--recipe", "r.json"])
    #expect(again.options == data.options)
    #expect(again.sets.map(\.rows) == data.sets.map(\.rows))
    #expect(again.sets.map(\.prompts) == data.sets.map(\.prompts))
    #expect(again.sets.map(\.batchSize) == data.sets.map(\.batchSize))
    #expect(again.evaluators.map(\.count) == data.evaluators.map(\.count))
    #expect(
      try again.recipeValue(model: "/x/tiny").bytes == data.recipeValue(model: "/x/tiny").bytes)
    try files.folder.write("a.csv", "sentence1,sentence2,score\na,b,4\nc,d,2\ne,f,5\ng,h,2\n")
    #expect(files.outcome(["--recipe", "r.json"]).hasPrefix("a.csv: was changed since the recipe"))
  }

  @Test(
    arguments: [
      (["a.csv"], "sentence1,sentence2,score\na,b,4\nc,d,2.5\n"),
      (["a.csv"], "anchor,positive\n\"x, \"\"y\"\"\",b\nc,d\n"),
      (["a.csv"], "sentence1,sentence2,label\na,b,yes\nc,d,no\n"),
      (["a.csv", "--loss", "contrastive"], "sentence1,sentence2,label\na,b,1\nc,d,0\n"),
    ])
  func keptRowsReadAsTheSame(_ words: [String], _ text: String) throws {
    let files = try Preparing(["a.csv": text])
    let set = try files.data(words).sets[0]
    var bytes: [UInt8] = []
    try KeptData(fileName: "k.jsonl", set: set.set, label: set.label ?? "label").write {
      bytes += $0
    }
    try files.folder.write("k.jsonl", bytes)
    #expect(try files.data(["k.jsonl"] + words.dropFirst()).sets[0].rows == set.rows)
  }
}

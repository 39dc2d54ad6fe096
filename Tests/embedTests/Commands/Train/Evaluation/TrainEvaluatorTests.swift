import Embeddings
import Tensors
import TestSupport
import Testing
import Training
import Vectors

@testable import embed

/// Evaluations while a model is trained: by the columns, with the reference's names.
@Suite struct TrainEvaluatorTests {
  /// A text is its own vector: `1 0` is [1, 0, 0, 0].
  private static func vectors(_ texts: [[UInt8]], _: EvaluationPrompt) -> Results {
    let rows = Matrix(
      Tensor(
        [texts.count, 4],
        texts.flatMap { text in
          let numbers = String(decoding: text, as: UTF8.self).split(separator: " ").map {
            Float($0) ?? 0
          }
          return numbers + [Float](repeating: 0, count: 4 - numbers.count)
        }))
    return .rows(rows)
  }

  private func evaluated(_ name: String, _ text: String, _ words: [String] = []) throws -> String {
    let files = try Preparing([name: text, "t.csv": "anchor,positive\na,b\nc,d\n"])
    var found = ""
    let problem = thrown {
      let evaluator = try #require(
        files.data(["t.csv", "--evaluate", name] + words).evaluators.first)
      let values = try evaluator(threads: 1, Self.vectors).map { "\($0.name) \(fixed($0.value))" }
      found =
        "\(evaluator.name), \(evaluator.count): \(evaluator.primary) of "
        + "\(values.joined(separator: ", "))"
    }
    return found.isEmpty ? problem.replacing("\(files.folder.path)/", with: "") : found
  }

  private func fixed(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  @Test(
    arguments: [
      // Cosines 1, 0.707, 0 beside scores that fall as they do.
      (
        "dev.csv", "sentence1,sentence2,score\n1 0,1 0,5\n1 0,1 1,4\n1 0,0 1,0\n",
        "dev, 3: spearman_cosine of pearson_cosine 0.995, spearman_cosine 1.0"
      ),
      (
        "sts.tsv", "genre\tsentence2\tscore\tsentence1\nx\t1 0\t1\t1 0\ny\t0 1\t0\t1 0\n",
        "sts, 2: spearman_cosine of pearson_cosine 1.0, spearman_cosine 1.0"
      ),
      (
        "t.jsonl",
        #"{"anchor":"1 0","positive":"1 0.1","negative":"0 1"}"# + "\n"
          + #"{"anchor":"1 0","positive":"0 1","negative":"1 0"}"# + "\n",
        "t, 2: cosine_accuracy of cosine_accuracy 0.5"
      ),
      (
        "d.csv", "text1,text2,is_duplicate\n1 0,1 0,1\n1 0,0 1,0\n",
        "d, 2: cosine_ap of cosine_accuracy 1.0, cosine_accuracy_threshold 0.5, cosine_f1 1.0, "
          + "cosine_f1_threshold 0.5, cosine_precision 1.0, cosine_recall 1.0, cosine_ap 1.0, "
          + "cosine_mcc 1.0"
      ),
      // 100 · ((1−0)² + (0−1)²)/(2·4) of the second row alone.
      (
        "v.jsonl",
        #"{"text":"1 0","label":[1,0,0,0]}"# + "\n" + #"{"text":"1 0","label":[0,1,0,0]}"#
          + "\n", "v, 2: negative_mse of negative_mse -25.0"
      ),
      (
        "p.csv", "english,french\n1 0,1 0.1\n0 1,1 0.2\n",
        "p, 2: mean_accuracy of src2trg_accuracy 1.0, "
          + "trg2src_accuracy 0.5, mean_accuracy 0.75"
      ),
      (
        "w.csv", "sentence1,sentence2,label\n1 0,1 0,x\n1 0,0 1,y\n",
        "w.csv, line 2: `label` is `x`, should be a number; pairs are evaluated by scores, or by "
          + "0 and 1"
      ),
      (
        "o.csv", "text\n1 0\n0 1\n",
        "o.csv: cannot be evaluated by its columns `text`; there should be two of texts and a "
          + "score or 0 "
          + "and 1, three (anchor, positive, negative), or texts and vectors"
      ),
    ])
  func filesAreEvaluatedByTheirColumns(_ name: String, _ text: String, _ expected: String) throws {
    #expect(try evaluated(name, text) == expected)
  }

  @Test func aMetricMayBeNamedWithItsEvaluation() throws {
    let files = try Preparing([
      "t.csv": "anchor,positive\na,b\nc,d\n",
      "dev.csv": "sentence1,sentence2,score\na,b,1\nc,d,2\n",
    ])
    for name in ["pearson_cosine", "dev_pearson_cosine", "eval_dev_pearson_cosine"] {
      let data = try files.data(["t.csv", "--evaluate", "dev.csv", "--metric", name])
      #expect(try data.bestMetric()?.name == "pearson_cosine")
    }
  }

  @Test func aShareIsEvaluatedAsItIsTrained() throws {
    let rows = (0..<40).map { "q\($0),a\($0),\(Double($0 % 5) / 4)\n" }.joined()
    let files = try Preparing([
      "s.csv": "sentence1,sentence2,score\n" + rows,
      "c.csv": "text,label\n" + (0..<40).map { "t\($0),\($0 % 3)\n" }.joined(),
      "n.csv": "premise,hypothesis,label\n" + (0..<40).map { "t\($0),u\($0),\($0 % 3)\n" }.joined(),
    ])
    let scores = try files.data(["s.csv", "--evaluate", "20%", "--prompt", "p: "])
    #expect(scores.sets[0].set.rows == 32 && scores.evaluators[0].count == 8)
    #expect(scores.evaluators[0].primary == "spearman_cosine")
    #expect(scores.evaluators[0].prompts == [.text("p: "), .text("p: ")])
    let classes = try files.data(["c.csv", "--evaluate", "20%"]).evaluators[0]
    #expect(classes.primary == "cosine_accuracy" && classes.columns.count == 3)
    #expect(
      files.outcome(["n.csv", "--evaluate", "20%"])
        == "n.csv: a share of it says nothing about vectors alone; evaluate on a file of scored "
        + "pairs or "
        + "triplets: --evaluate FILE")
  }

  @Test func tripletsGetTheModelsPrompts() throws {
    let files = try Preparing([
      "t.csv": "anchor,positive\na,b\nc,d\n", "e.csv": "anchor,positive,negative\na,b,c\n",
    ])
    let data = try files.data(["t.csv", "--evaluate", "e.csv"])
    #expect(
      data.evaluators[0].prompts == [.named("query"), .named("document"), .named("document")])
    let asked = try files.data([
      "t.csv", "--evaluate", "e.csv", "--prompts", #"{"anchor":"q: "}"#,
    ])
    #expect(asked.evaluators[0].prompts == [.text("q: "), .named("document"), .named("document")])
  }

  /// A text is its own sparse vector: `1 0` has one number.
  private static func sparse(_ texts: [[UInt8]], _: EvaluationPrompt) -> Results {
    let rows = texts.map { text in
      let numbers = String(decoding: text, as: UTF8.self).split(separator: " ").map {
        Float($0) ?? 0
      }
      let places = numbers.indices.filter { numbers[$0] != 0 }
      return SparseMatrix.Row(
        indices: places.map { Int32($0) }, values: places.map { numbers[$0] })
    }
    return .sparse(SparseMatrix(columns: 4, rows))
  }

  /// Of columns the mean of their means, of different texts the mean, of triplets each column's.
  @Test(arguments: [
    (TrainEvaluator.Kind.scores([1, 0]), 2, ["active_dims 1.5", "sparsity_ratio 0.625"]),
    (.matches([true, false]), 2, ["active_dims 1.667", "sparsity_ratio 0.583"]),
    (.pairs, 2, ["active_dims 1.5", "sparsity_ratio 0.625"]),
    (
      .triplets, 3,
      [
        "anchor_active_dims 1.0", "anchor_sparsity_ratio 0.75", "positive_active_dims 2.0",
        "positive_sparsity_ratio 0.5", "negative_active_dims 1.5", "negative_sparsity_ratio 0.625",
      ]
    ),
  ])
  func ofSparseVectorsItIsAlsoSaidHowSparseTheyAre(
    kind: TrainEvaluator.Kind, columns: Int, expected: [String]
  ) throws {
    let texts = [["1 0", "1 0"], ["1 2", "0 1 3"], ["1 1", "0 1"]].prefix(columns)
    let evaluator = TrainEvaluator(
      name: "x", kind: kind,
      columns: texts.map { .init(name: "x", texts: $0.map { Array($0.utf8) }) },
      prompts: Array(repeating: .standard, count: columns), similarity: .dot, isSparse: true)
    let found = try evaluator(threads: 1, Self.sparse).suffix(expected.count)
    #expect(found.map { "\($0.name) \(fixed($0.value))" } == expected)
    #expect(evaluator.metrics.suffix(expected.count).elementsEqual(found.map(\.name)))
  }
}

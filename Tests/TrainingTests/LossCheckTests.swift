import ModelFiles
import Tensors
import Testing

@testable import Training

@Suite struct LossCheckTests {
  private static let vectors = Tensor([2, 4], Array(repeating: 1, count: 8))
  private static let margins = Tensor([2, 1], [1, 2])
  private static let scores = Tensor([2, 2], [1, 2, 3, 4])

  private func check(
    _ name: String, _ columns: Int, _ labels: TrainingSet.Labels, width: Int = 4
  ) throws {
    let texts = [Array("a".utf8), Array("b".utf8)]
    let set = TrainingSet(
      name: "pairs.csv",
      columns: (0..<columns).map { TrainingSet.Column(name: "text\($0)", texts: texts) },
      labels: labels, place: { "pairs.csv: line \($0 + 2)" })
    let json =
      try name.hasPrefix("{")
      ? JSON(Array(name.utf8), name: "loss") : JSON(.string(name), name: "loss")
    try Losses.make(json, LossContext(width: width, classes: 2, seed: 1)).check(set, width: width)
  }

  @Test(arguments: [
    ("mnrl", 2, TrainingSet.Labels.none), ("mnrl", 5, .none), ("triplet", 3, .none),
    // Labels that a loss does not look at.
    ("triplet", 3, .scores([1, 2])), ("cosine", 2, .scores([0.5, 1])),
    ("contrastive", 2, .scores([0, 1])), ("softmax", 2, .classes([0, 1], names: ["a", "b"])),
    ("mse", 2, .vectors([vectors])), ("mse", 2, .vectors([vectors, vectors])),
    ("marginmse", 3, .teacherScores(margins)), ("marginmse", 4, .teacherScores(scores)),
    ("marginmse", 3, .teacherScores(scores)), ("kldiv", 3, .teacherScores(scores)),
    ("angle", 2, .scores([0, 1])), ("angle", 3, .none), ("angle", 3, .scores([0, 1])),
    ("batchhard", 1, .classes([0, 1], names: ["a", "b"])), ("megabatch", 2, .none),
    (#"{"name":"embeddistill","projection_dim":4}"#, 1, .vectors([vectors])),
  ])
  func rowsThatFit(name: String, columns: Int, labels: TrainingSet.Labels) throws {
    try check(name, columns, labels)
  }

  @Test(arguments: [
    ("mnrl", 1, TrainingSet.Labels.none, "takes at least 2 columns of texts, found 1 (text0)"),
    ("triplet", 2, .none, "takes 3 columns"), ("cosine", 3, .scores([0, 1]), "takes 2 columns"),
    ("cosine", 2, .none, "needs a score for each row, found none"),
    ("cosine", 2, .vectors([vectors]), "found a list of numbers"),
    ("contrastive", 2, .scores([0, 0.5]), "pairs.csv: line 3: ContrastiveLoss needs labels"),
    ("mse", 3, .vectors([vectors, vectors]), "has 2 vectors as labels"),
    ("marginmse", 2, .teacherScores(margins), "at least 3 columns"),
    ("marginmse", 5, .teacherScores(margins), "`text4`: 4, or 3: how much higher"),
    ("marginmse", 3, .scores([1, 2]), "needs a list of a teacher's scores for each row"),
    ("kldiv", 4, .teacherScores(scores), "has 2 numbers a row, but DistillKLDivLoss needs"),
    ("angle", 2, .none, "needs a score for each row, found none"),
    ("megabatch", 3, .none, "takes 2 columns"), ("batchhard", 1, .scores([0, 1]), "a class"),
    (#"{"name":"gist","guide":"g"}"#, 4, .none, "takes 2 to 3 columns"),
    (#"{"name":"embeddistill","projection_dim":5}"#, 1, .vectors([vectors]), "projected to 5"),
  ])
  func rowsThatDoNotFit(
    name: String, columns: Int, labels: TrainingSet.Labels, message: String
  ) throws {
    let error = try #require(throws: FileError.self) { try check(name, columns, labels) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func vectorsOfAnotherWidthAreRefused() throws {
    let error = try #require(throws: FileError.self) {
      try check("mse", 1, .vectors([Self.vectors]), width: 8)
    }
    #expect(error.description.contains("have 4 numbers, those of the model 8"))
  }
}

import Embeddings
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

/// A line of Tests/Fixtures/training/rerank_losses.jsonl: logits of pairs and labels, and what the
/// reference's loss comes to, in float64.
struct RecordedRerankLoss: CustomStringConvertible, Sendable {
  let json: JSON

  static func all() throws -> [RecordedRerankLoss] {
    try Fixture.lines(Fixture.path("training/rerank_losses.jsonl")).map(RecordedRerankLoss.init)
  }

  var description: String {
    String(decoding: JSONValue((try? json.object("loss")) ?? json).bytes, as: UTF8.self)
  }

  var width: Int { get throws { try json.int("width") } }
  var counts: [Int] { get throws { try json.array("counts").elements.map { try $0.int() } } }

  func context() throws -> LossContext {
    LossContext(kind: .rerank, width: try width, classes: try width, seed: 1)
  }

  func loss(_ fields: JSONValue? = nil) throws -> any PairLoss {
    let json = try fields.map { try JSON($0, name: "again") } ?? json.object("loss")
    return try #require(Losses.make(json, context()) as? any PairLoss)
  }

  /// Numbers of the pairs of each row.
  func rows(_ key: String) throws -> [Tensor] {
    try json.array(key).elements.map { row in
      Tensor([row.count / (try width), try width], try row.elements.map { Float(try $0.double()) })
    }
  }

  func labels(_ needs: LossNeeds) throws -> BatchLabels {
    if let lists = try json.present("lists") {
      return .lists(try lists.elements.map { try $0.elements.map { Float(try $0.double()) } })
    }
    if let scores = try json.present("teacher_scores") {
      let rows = try scores.elements.map { try $0.elements.map { Float(try $0.double()) } }
      return .teacherScores(Tensor([rows.count, rows[0].count], rows.flatMap { $0 }))
    }
    guard try json.present("labels") != nil else { return .none }
    return needs.labels == .classes
      ? .classes(try json.ints("labels")) : .scores(try json.floats("labels"))
  }

  func outcome(of loss: any PairLoss) throws -> LossValue {
    loss(try rows("logits"), try labels(loss.needs), [:])
  }
}

@Suite struct RecordedRerankLossesTests {
  @Test(arguments: try RecordedRerankLoss.all())
  func valueAndSlopesAreThoseOfTheReference(_ recorded: RecordedRerankLoss) throws {
    let loss = try recorded.loss()
    let logits = try recorded.rows("logits")
    #expect(loss.documents(try recorded.counts, drawn: []).map(\.count) == logits.map(\.rows))
    let found = try recorded.outcome(of: loss)
    let value = try recorded.json.double("value")
    #expect(abs(found.value - value) <= 1e-8 * max(1, abs(value)))
    for (slopes, expected) in zip(found.columns, try slopes(recorded)) {
      #expect(slopes.shape == expected.shape)
      // They are rounded to float32.
      let largest = expected.elements.map(\.magnitude).max() ?? 0
      expectClose(slopes.elements, expected.elements, tolerance: 1e-6 * max(largest, 1e-3))
    }
    #expect(found.columns.count == logits.count)
  }

  /// The derivatives, which the reference's cached losses leave for a later pass: those of the same loss
  /// that is not.
  private func slopes(_ recorded: RecordedRerankLoss) throws -> [Tensor] {
    let json = try recorded.json.object("loss")
    let name = try json.string("name")
    guard name.hasPrefix("Cached") else { return try recorded.rows("slopes") }
    let plain = try json.replacing([("name", .string(String(name.dropFirst("Cached".count))))])
    return try recorded.outcome(of: recorded.loss(JSONValue(plain))).columns
  }

  @Test func eachKnownLossIsRecorded() throws {
    let recorded = Set(
      try RecordedRerankLoss.all().map { try $0.json.object("loss").string("name") })
    #expect(recorded == Set(Losses.known(of: .rerank).map { $0.name }))
  }

  @Test(arguments: try RecordedRerankLoss.all())
  func parametersMakeTheSameLoss(_ recorded: RecordedRerankLoss) throws {
    let loss = try recorded.loss()
    let name = [("name", JSONValue.string(type(of: loss).name))]
    let again = try recorded.loss(.object((name + loss.parameters).map { ($0.0, $0.1) }))
    let (first, second) = (try recorded.outcome(of: loss), try recorded.outcome(of: again))
    #expect(first.value == second.value)
    #expect(first.columns.map(\.elements) == second.columns.map(\.elements))
  }

  @Test(arguments: try RecordedRerankLoss.all())
  func whatIsNoNumberIsNotHidden(_ recorded: RecordedRerankLoss) throws {
    let loss = try recorded.loss()
    var logits = try recorded.rows("logits")
    logits[1] = Tensor(logits[1].shape) { $0.update(repeating: .nan) }
    let found = loss(logits, try recorded.labels(loss.needs), [:])
    // Where nothing is relevant, or all is, nothing is compared.
    #expect(!found.value.isFinite || found.value == 0)
  }
}

@Suite struct PairCandidatesTests {
  private func loss(_ negatives: String) throws -> any PairLoss {
    let loss = try Losses.make(
      JSON(Array(#"{"name":"mnrl","num_negatives":\#(negatives)}"#.utf8), name: "loss"),
      LossContext(kind: .rerank, width: 1, classes: 0, seed: 3))
    return try #require(loss as? any PairLoss)
  }

  @Test func negativesAreDrawnOfOtherRowsAndNeverTwice() throws {
    let (loss, counts) = (try loss("4"), [2, 2, 2, 2, 2])
    var generator = TorchGenerator(seed: 1)
    #expect(loss.draws(counts) == 50)
    let found = loss.documents(counts, drawn: (0..<50).map { _ in generator.uniform() })
    for (row, documents) in found.enumerated() {
      #expect(documents.count == 6)
      #expect(documents[0] == RowDocument(row: row, place: 0))
      #expect(documents[5] == RowDocument(row: row, place: 1))
      let others = documents[1..<5]
      #expect(others.allSatisfy { $0.row != row && $0.row < 5 && $0.place < 2 })
      #expect(Set(others.map { $0.row * 2 + $0.place }).count == 4)
    }
  }

  /// torch 2.15.0: torch.manual_seed(42); torch.multinomial(~eye(4) as numbers, 2)
  @Test func theyAreThoseOfTorch() throws {
    var generator = TorchGenerator(seed: 42)
    let found = try loss("2").documents(
      [1, 1, 1, 1], drawn: (0..<16).map { _ in generator.uniform() })
    #expect(found.map { $0.dropFirst().map(\.row) } == [[3, 1], [0, 3], [0, 1], [2, 0]])
  }

  @Test func allAreTakenWhereThereAreNoMore() throws {
    for negatives in ["null", "9"] {
      let loss = try loss(negatives)
      #expect(loss.draws([1, 1, 1]) == 0)
      #expect(loss.documents([1, 1, 1], drawn: []).map(\.count) == [3, 3, 3])
    }
  }
}

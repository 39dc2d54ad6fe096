import ModelFiles
import Tensors
import Testing

@testable import Training

@Suite struct CardSetTests {
  private struct NoLoss: Loss {
    static let name = "NoLoss"
    init() {}
    init(_ options: JSON, _ context: LossContext) throws {}
    var needs: LossNeeds { LossNeeds(columns: 1...2, labels: .none) }
    var parameters: [(name: String, value: JSONValue)] { [("scale", .double(20))] }
    func callAsFunction(
      _ columns: [Tensor], _ labels: BatchLabels, _ weights: [String: Tensor]
    ) -> LossValue {
      LossValue(value: 0, columns: [])
    }
  }

  private func card(_ texts: [[String]], _ labels: TrainingSet.Labels = .none) -> CardSet {
    let set = TrainingSet(
      name: "pairs",
      columns: texts.enumerated().map { index, texts in
        .init(name: "c\(index)", texts: texts.map { Array($0.utf8) })
      }, labels: labels, place: { "row \($0)" })
    return CardSet(set, NoLoss()) { text, _ in text.count }
  }

  @Test func statisticsAreOfTheFirstHundredRows() {
    let texts = (0..<150).map { String(repeating: "a", count: $0 < 100 ? 1 + $0 % 3 : 50) }
    let set = card([texts])
    guard case .tokens(let range) = set.columns[0].statistics else {
      Issue.record("no tokens")
      return
    }
    #expect(range.least == 1 && range.most == 3 && abs(range.mean - 1.99) < 1e-9)
    #expect(set.rows == 150 && set.columns[0].samples == ["a", "aa", "aaa"])
    #expect(set.loss?.name == "NoLoss" && set.loss?.parameters.map(\.name) == ["scale"])
  }

  @Test(
    arguments: [
      (
        .scores([0.5, 1]), "float", "<ul><li>min: 0.5</li><li>mean: 0.75</li><li>max: 1.0</li></ul>"
      ),
      (
        .classes([1, 0], names: ["no", "yes"]), "string",
        "<ul><li>no: ~50.00%</li><li>yes: ~50.00%</li></ul>"
      ),
      (
        .vectors([Tensor([2, 6], (0..<12).map { Float($0) })]), "list",
        "<ul><li>size: 6 elements</li></ul>"
      ),
    ] as [(TrainingSet.Labels, String, String)])
  func labelsAreAColumnToo(labels: TrainingSet.Labels, type: String, details: String) throws {
    let column = try #require(card([["a", "b"], ["c", "d"]], labels).columns.last)
    #expect(column.name == "label" && column.samples.count == 2)
    #expect(column.statistics.type == type && column.statistics.details == details)
  }

  @Test func examplesAreShortRowsWithTextsOfOthers() {
    let texts = (0..<9).map { String(repeating: "x", count: 9 - $0) + "\($0)" }
    let set = card([texts, texts.map { "b" + $0 }])
    #expect(set.examples.count == 5)
    #expect(set.examples[0].source == "x8" && set.examples[0].others[0] == "bx8")
    for example in set.examples {
      #expect(example.others.count == 3 && Set(example.others).count == 3)
    }
    // Too few to compare, or too long to show.
    #expect(card([["a", "b"], ["c", "d"]]).examples.isEmpty)
    let long = String(repeating: "a", count: 301)
    #expect(card([[long, long + "b", long + "c", long + "d", ""]]).examples.isEmpty)
  }

  @Test func anEmptySetHasNoStatistics() {
    #expect(card([[], []]).columns.map(\.samples) == [[], []])
  }
}

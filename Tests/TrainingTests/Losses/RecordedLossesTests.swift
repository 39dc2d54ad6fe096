import Embeddings
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct RecordedLossesTests {
  @Test(arguments: try RecordedLoss.all())
  func valueAndSlopesAreThoseOfTheReference(recorded: RecordedLoss) throws {
    let found = try recorded.outcome(of: recorded.loss())
    let value = try recorded.json.double("value")
    // Scores of float32, times scales of up to 20, are off by 2e-6.
    #expect(abs(found.value - value) <= 1e-5 * max(1, abs(value)))
    for (slopes, expected) in zip(found.columns, try recorded.columns("slopes")) {
      expectNear(slopes, expected)
    }
    #expect(found.columns.count == (try recorded.columns().count))
    // Of a cached loss the reference tells the sum alone.
    if let parts = try recorded.json.present("parts")?.object() {
      #expect(found.parts.count == parts.count)
      for (name, value) in found.parts {
        let expected = try parts.double(name)
        #expect(abs(value - expected) <= 1e-5 * max(1, abs(expected)), "\(name)")
      }
    }
    let weights = try recorded.weights("weight_slopes")
    #expect(found.weights.keys.sorted() == weights.keys.sorted())
    for (name, expected) in weights { expectNear(try #require(found.weights[name]), expected) }
  }

  /// Slopes are as exact as the scores that they are made of.
  private func expectNear(_ found: Tensor, _ expected: Tensor) {
    #expect(found.shape == expected.shape)
    let largest = expected.elements.map(\.magnitude).max() ?? 0
    expectClose(found.elements, expected.elements, tolerance: 1e-5 * max(largest, 0.01))
  }

  @Test func eachKnownLossIsRecorded() throws {
    let recorded = Set(try RecordedLoss.all().map { try $0.name })
    let known = Losses.known(of: .dense) + Losses.known(of: .sparse)
    #expect(recorded == Set(known.map { $0.name }))
  }

  @Test(arguments: try RecordedLoss.all())
  func parametersMakeTheSameLoss(recorded: RecordedLoss) throws {
    let loss = try recorded.loss()
    let fields = [("name", JSONValue.string(type(of: loss).name))] + loss.parameters
    let again = try Losses.make(
      JSON(.object(fields.map { ($0.0, $0.1) }), name: "again"),
      recorded.context)
    let (first, second) = (try recorded.outcome(of: loss), try recorded.outcome(of: again))
    #expect(first.value == second.value)
    #expect(first.columns.map(\.elements) == second.columns.map(\.elements))
  }
}

import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

/// Derivatives against differences of values, on batches that nobody recorded.
@Suite struct LossSlopesTests {
  private static let (rows, width) = (9, 7)
  // Weights for hardness are left out: by their definition slopes know nothing of them.
  private static let losses = [
    #"{"name":"MNRL","scale":5}"#, #"{"name":"mnrl","similarity_fct":"dot_score","scale":0.5}"#,
    #"{"name":"mnrl","scale":5,"directions":["query_to_doc","query_to_query"]}"#,
    #"{"name":"mnrl","scale":5,"directions":["query_to_doc","doc_to_query","doc_to_doc"]}"#,
    #"{"name":"MultipleNegativesSymmetricRankingLoss","scale":5}"#,
    #"{"name":"CachedMultipleNegativesRankingLoss","scale":5}"#,
    #"{"name":"CachedMultipleNegativesSymmetricRankingLoss","scale":5}"#,
    #""CosineSimilarityLoss""#, #"{"name":"cosent","scale":4}"#, #""SoftmaxLoss""#,
    #"{"name":"softmax","concatenation_sent_multiplication":true}"#, #""TripletLoss""#,
    #"{"name":"TripletLoss","distance_metric":"MANHATTAN"}"#,
    #"{"name":"TripletLoss","distance_metric":"COSINE"}"#, #""ContrastiveLoss""#,
    #"{"name":"ContrastiveLoss","distance_metric":"EUCLIDEAN","margin":3}"#,
    #"{"name":"OnlineContrastiveLoss","margin":1.5}"#, #""MSELoss""#, #""BatchAllTripletLoss""#,
    #"{"name":"batchall","distance_metric":"cosine_distance","margin":2}"#,
    #"{"name":"MatryoshkaLoss","loss":{"name":"mnrl","scale":5},"matryoshka_dims":[7,4]}"#,
  ]

  private func labels(_ kind: LabelKind, _ samples: inout Samples) -> BatchLabels {
    let places = 0..<Self.rows
    return switch kind {
    case .none: .none
    case .score: .scores(places.map { Float($0 * 5 % 8) / 8 })
    case .binary: .scores(places.map { Float($0 % 2) })
    case .classes: .classes(places.map { Int32($0 % 3) })
    case .vectors: .vectors([samples.tensor(Self.rows, Self.width)])
    }
  }

  @Test(arguments: losses)
  func theyAreThoseOfDifferences(of text: String) throws {
    var samples = Samples(seed: 5)
    let loss = try Losses.make(
      JSON(Array(text.utf8), name: "loss"), LossContext(width: Self.width, classes: 3, seed: 1))
    let count = min(3, loss.needs.columns.upperBound)
    let columns = (0..<count).map { _ in samples.tensor(Self.rows, Self.width) }
    let labels = labels(loss.needs.labels, &samples)
    let weights = Dictionary(uniqueKeysWithValues: loss.weights.map { ($0.name, $0.value) })
    let found = loss(columns, labels, weights)
    // By all numbers of all columns and weights at once, in a direction at random.
    let ways = columns.map { samples.tensor($0.rows, $0.columns) }
    let weightWays = weights.mapValues { Tensor($0.shape, samples.floats($0.count)) }
    func value(_ step: Float) -> Double {
      loss(
        zip(columns, ways).map { $0.adding($1.scaled(by: step)) }, labels,
        Dictionary(
          uniqueKeysWithValues: weights.map { name, weight in
            (name, weightWays[name].map { weight.adding($0.scaled(by: step)) } ?? weight)
          })
      ).value
    }
    func along(_ slopes: Tensor, _ way: Tensor) -> Double {
      zip(slopes.elements, way.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let expected =
      zip(found.columns, ways).reduce(0) { $0 + along($1.0, $1.1) }
      + found.weights.reduce(0) { sum, slope in
        sum + (weightWays[slope.key].map { along(slope.value, $0) } ?? 0)
      }
    let step: Float = 1.0 / 1024
    let measured = (value(step) - value(-step)) / Double(2 * step)
    // Values are off by 1e-6, over twice the step; what the third derivative adds is less.
    #expect(abs(measured - expected) <= 2e-3 * max(1, abs(expected)))
  }

  @Test(arguments: losses)
  func vectorsThatAreAllEqualOrNothingHaveSlopes(text: String) throws {
    var samples = Samples(seed: 6)
    let loss = try Losses.make(
      JSON(Array(text.utf8), name: "loss"), LossContext(width: Self.width, classes: 3, seed: 1))
    let count = min(3, loss.needs.columns.upperBound)
    let weights = Dictionary(uniqueKeysWithValues: loss.weights.map { ($0.name, $0.value) })
    let labels = labels(loss.needs.labels, &samples)
    for number in [Float(0), 0.5] {
      let columns = (0..<count).map { _ in
        Tensor(
          [Self.rows, Self.width], Array(repeating: number, count: Self.rows * Self.width))
      }
      let found = loss(columns, labels, weights)
      #expect(found.value.isFinite)
      #expect(found.columns.allSatisfy { $0.elements.allSatisfy(\.isFinite) })
    }
  }

  @Test(arguments: losses)
  func aVectorThatIsNoNumberIsNotHidden(text: String) throws {
    var samples = Samples(seed: 7)
    let loss = try Losses.make(
      JSON(Array(text.utf8), name: "loss"), LossContext(width: Self.width, classes: 3, seed: 1))
    let count = min(3, loss.needs.columns.upperBound)
    let weights = Dictionary(uniqueKeysWithValues: loss.weights.map { ($0.name, $0.value) })
    let labels = labels(loss.needs.labels, &samples)
    let columns = (0..<count).map { _ in samples.tensor(Self.rows, Self.width) }
    var broken = columns[0].elements
    broken[3] = .nan
    let found = loss(
      [Tensor(columns[0].shape, broken)] + columns.dropFirst(), labels, weights)
    #expect(!found.value.isFinite)
  }
}

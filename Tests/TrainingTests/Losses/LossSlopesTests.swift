import Embeddings
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

/// Derivatives against differences of values, on batches that nobody recorded.
@Suite struct LossSlopesTests {
  private static let (rows, width) = (9, 7)
  // Weights for hardness are left out, and what is learned of the last layer: by their definition
  // slopes know nothing of them.
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
    #"{"name":"MatryoshkaLoss","loss":"mse","matryoshka_dims":[7,4],"n_dims_per_step":1}"#,
    #"{"name":"AnglELoss","scale":4}"#, #""MarginMSELoss""#,
    #"{"name":"MarginMSELoss","similarity_fct":"pairwise_manhattan_sim"}"#, #""DistillKLDivLoss""#,
    #"{"name":"kldiv","temperature":3,"similarity_fct":"pairwise_euclidean_sim"}"#,
    #""EmbedDistillLoss""#, #"{"name":"EmbedDistillLoss","distance_metric":"l2"}"#,
    #"{"name":"EmbedDistillLoss","projection_dim":5}"#,
    #"{"name":"mse","projection_dim":5}"#, #""BatchHardTripletLoss""#,
    #"{"name":"batchhard","distance_metric":"cosine_distance","margin":0.1}"#,
    #""BatchHardSoftMarginTripletLoss""#, #""BatchSemiHardTripletLoss""#,
    #"{"name":"batchsemihard","distance_metric":"cosine_distance","margin":0.1}"#,
    #""MegaBatchMarginLoss""#, #"{"name":"gist","guide":"g","temperature":0.2}"#,
    #"{"name":"CachedGISTEmbedLoss","guide":"g","temperature":0.5,"margin":0.1}"#,
    #""GlobalOrthogonalRegularizationLoss""#,
    #"{"name":"gor","similarity_fct":"dot_score","aggregation":"sum"}"#,
    #""ContrastiveTensionLoss""#,
    #"{"name":"ContrastiveTensionLossInBatchNegatives","scale":3}"#,
    #"{"name":"ContrastiveTensionLossInBatchNegatives","scale":0.3,"similarity_fct":"dot_score"}"#,
    #"{"name":"AdaptiveLayerLoss","loss":"triplet","kl_temperature":0}"#,
    #"{"name":"Matryoshka2dLoss","loss":"cosine","matryoshka_dims":[7,4],"kl_temperature":0}"#,
    #"{"name":"SpladeLoss","loss":"mnrl","query_regularizer_weight":0.5}"#,
    #"{"name":"SpladeLoss","loss":"kldiv","document_regularizer_weight":0.5}"#,
    #"{"name":"CachedSpladeLoss","loss":"SparseTripletLoss","use_document_regularizer_only":true}"#,
    #"{"name":"SpladeLoss","loss":"SparseMarginMSELoss","document_regularizer_threshold":1}"#,
    #"{"name":"SpladeLoss","loss":"SparseAnglELoss"}"#, #""SparseCosineSimilarityLoss""#,
    #""SparseCoSENTLoss""#, #""SparseMSELoss""#, #""FlopsLoss""#,
  ]

  /// A loss, and vectors and labels that it takes; of what it draws, one drawing.
  private struct Case {
    let loss: any Loss
    let columns: [Tensor]
    let labels: BatchLabels
    let weights: [String: Tensor]

    init(_ text: String, _ samples: inout Samples, number: Float? = nil) throws {
      let made = try Losses.make(
        JSON(Array(text.utf8), name: "loss"),
        LossContext(kind: Self.kind(text), width: width, classes: 3, layers: 4, seed: 1))
      // What it looks at does not depend on what it draws.
      let count = min(3, made.needs.columns.upperBound)
      let needs = made.needs
      loss = made.drawn(7)
      weights = Dictionary(uniqueKeysWithValues: loss.weights.map { ($0.name, $0.value) })
      let columns = width * (1 + loss.layers.count)
      self.columns = needs.views(columns: count).map { _ in
        guard let number else { return samples.tensor(rows, columns) }
        return Tensor([rows, columns], Array(repeating: number, count: rows * columns))
      }
      labels = Self.labels(needs, columns: count, &samples)
    }

    private static func kind(_ text: String) -> ModelKind {
      ["Splade", "Sparse", "Flops"].contains(where: text.contains) ? .sparse : .dense
    }

    private static func labels(
      _ needs: LossNeeds, columns: Int, _ samples: inout Samples
    ) -> BatchLabels {
      if needs.guide != nil { return .guidance((0..<columns).map { _ in samples.tensor(rows, 4) }) }
      let places = 0..<rows
      return switch needs.labels {
      case .none: .none
      case .score: .scores(places.map { Float($0 * 5 % 8) / 8 })
      case .binary: .scores(places.map { Float($0 % 2) })
      case .classes: .classes(places.map { Int32($0 % 3) })
      case .vectors: .vectors([samples.tensor(rows, needs.vectorWidth ?? width)])
      case .teacherScores(let less):
        .teacherScores(samples.tensor(rows, columns - less.lowerBound))
      // None of a dense model's.
      case .lists: .none
      }
    }
  }

  @Test(arguments: losses)
  func theyAreThoseOfDifferences(of text: String) throws {
    var samples = Samples(seed: 5)
    let made = try Case(text, &samples)
    let loss = made.loss
    let (columns, labels, weights) = (made.columns, made.labels, made.weights)
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
    for number in [Float(0), 0.5] {
      let made = try Case(text, &samples, number: number)
      let found = made.loss(made.columns, made.labels, made.weights)
      #expect(found.value.isFinite)
      #expect(found.columns.allSatisfy { $0.elements.allSatisfy(\.isFinite) })
    }
  }

  @Test(arguments: losses)
  func aVectorThatIsNoNumberIsNotHidden(text: String) throws {
    var samples = Samples(seed: 7)
    let made = try Case(text, &samples)
    let columns = made.columns
    var broken = columns[0].elements
    broken[3] = .nan
    let found = made.loss(
      [Tensor(columns[0].shape, broken)] + columns.dropFirst(), made.labels, made.weights)
    #expect(!found.value.isFinite)
  }
}

import Embeddings
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

/// Which loss a name makes, and what is refused.
@Suite struct LossesTests {
  private func make(
    _ text: String, _ kind: ModelKind = .dense, classes: Int = 0, layers: Int = 2
  ) throws -> any Loss {
    try Losses.make(
      JSON(Array(text.utf8), name: "recipe.json"),
      LossContext(kind: kind, width: 8, classes: classes, layers: layers, seed: 42))
  }

  @Test(arguments: [
    ("mnrl", "MultipleNegativesRankingLoss"), ("MNRL", "MultipleNegativesRankingLoss"),
    ("losses.TripletLoss", "TripletLoss"), ("triplet", "TripletLoss"),
    ("cosine", "CosineSimilarityLoss"), ("COSINESIMILARITYLOSS", "CosineSimilarityLoss"),
    ("cosent", "CoSENTLoss"), ("contrastive", "ContrastiveLoss"),
    ("onlinecontrastive", "OnlineContrastiveLoss"), ("mse", "MSELoss"),
    ("batchall", "BatchAllTripletLoss"), ("batchhard", "BatchHardTripletLoss"),
    ("BatchHardTriplet", "BatchHardTripletLoss"), ("angle", "AnglELoss"),
    ("marginmse", "MarginMSELoss"), ("kldiv", "DistillKLDivLoss"),
    ("gor", "GlobalOrthogonalRegularizationLoss"),
    (
      "losses.ContrastiveTensionLossInBatchNegatives", "ContrastiveTensionLossInBatchNegatives"
    ),
    ("CachedMultipleNegativesRankingLoss", "CachedMultipleNegativesRankingLoss"),
  ])
  func namesInAnyCaseFullOrShort(name: String, loss: String) throws {
    #expect(type(of: try make("\"\(name)\"")).name == loss)
  }

  @Test func noNameIsThatOfTwo() {
    for kind in ModelKind.allCases {
      let names = Losses.known(of: kind).flatMap { [$0.name] + $0.shortNames }
        .map { $0.lowercased() }
      #expect(Set(names).count == names.count)
    }
  }

  @Test func parametersAreThoseOfTheReference() throws {
    let parameters = try make(
      #"{"name":"MatryoshkaLoss","weights":"w","loss":{"name":"mnrl","scale":20},"#
        + #""matryoshka_dims":[4,8]}"#
    ).parameters
    let text = String(
      decoding: JSONValue.object(parameters.map { ($0.name, $0.value) }).bytes, as: UTF8.self)
    #expect(
      text
        == #"{"loss":{"name":"MultipleNegativesRankingLoss","scale":20.0,"#
        + #""similarity_fct":"cos_sim","gather_across_devices":false,"#
        + #""directions":["query_to_doc"],"partition_mode":"joint","#
        + #""hardness_mode":null,"hardness_strength":0.0},"matryoshka_dims":[8,4],"#
        + #""matryoshka_weights":[1,1],"n_dims_per_step":-1}"#)
  }

  @Test(arguments: [
    (#""triplets""#, "`TripletLoss` was probably meant"),
    (#""NoSuchLossAtAll""#, "there are MultipleNegativesRankingLoss"),
    (#"{"scale":20}"#, "`name` is missing"), ("7", "should be a string"),
    (#"{"name":"mnrl","scael":3}"#, "no parameter `scael`; `scale` was probably meant"),
    (#"{"name":"mnrl","scale":0}"#, "`scale` should be a number above 0"),
    (#"{"name":"mnrl","scale":1e300}"#, "`scale` should be a number"),
    (#"{"name":"mnrl","scale":"20"}"#, "`scale` should be a number"),
    (#"{"name":"mnrl","similarity_fct":"euclidean"}"#, "`cos_sim` or `dot_score`"),
    (#"{"name":"mnrl","directions":["doc_to_query"]}"#, "with `query_to_doc`"),
    (
      #"{"name":"mnrl","directions":["query_to_doc","doc_to_doc"],"#
        + #""partition_mode":"per_direction"}"#,
      "should be `joint`"
    ),
    (#"{"name":"mnrl","hardness_mode":"some"}"#, "`in_batch_negatives` or"),
    (#"{"name":"mnrl","hardness_strength":-1}"#, "at least 0"),
    (#"{"name":"cachedmultiplenegativesranking","mini_batch_size":0}"#, "at least 1"),
    (#"{"name":"MultipleNegativesSymmetricRanking","directions":["query_to_doc"]}"#, "fixed"),
    (#"{"name":"cosine","loss_fct":"torch.nn.L1Loss"}"#, "`MSELoss`, the only one"),
    (#"{"name":"cosent","similarity_fct":"pairwise_angle_sim"}"#, "`pairwise_cos_sim`"),
    (#"{"name":"triplet","distance_metric":"HAMMING"}"#, "`COSINE` or `EUCLIDEAN` or `MANHATTAN`"),
    (#""softmax""#, "or `num_labels`"), (#"{"name":"softmax","num_labels":0}"#, "at least 1"),
    (#"{"name":"softmax","num_labels":9223372036854775807}"#, "memory"),
    (
      #"{"name":"softmax","num_labels":2,"concatenation_sent_rep":false,"#
        + #""concatenation_sent_difference":false}"#,
      "should see something"
    ),
    (#"{"name":"softmax","num_labels":2,"embedding_dimension":9}"#, "8, the model's"),
    (#"{"name":"mse","projection_dim":0}"#, "at least 1"),
    (#"{"name":"embeddistill","distance_metric":"dot"}"#, "`mse` or `l2` or `cosine`"),
    (#"{"name":"embeddistill","projection_dim":9223372036854775807}"#, "memory"),
    (#"{"name":"angle","similarity_fct":"pairwise_cos_sim"}"#, "`pairwise_angle_sim`"),
    (#"{"name":"marginmse","similarity_fct":"cos_sim"}"#, "`pairwise_dot_score` or"),
    (#"{"name":"kldiv","temperature":0}"#, "above 0"),
    (#"{"name":"kldiv","teacher_temperature":-1}"#, "above 0"),
    (#""gist""#, "needs a guide"), (#"{"name":"gist","guide":""}"#, "directory or name"),
    (#"{"name":"gist","guide":"g","margin_strategy":"any"}"#, "`absolute` or `relative`"),
    (#"{"name":"cachedgist","guide":"g","mini_batch_size":0}"#, "at least 1"),
    (#"{"name":"gist","guide":"g","mini_batch_size":1}"#, "no parameter `mini_batch_size`"),
    (#"{"name":"batchhard","distance_metric":"dot"}"#, "`cosine_distance`"),
    (#"{"name":"batchhardsoftmargin","margin":1}"#, "no parameter `margin`"),
    (#"{"name":"gor","mean_weight":0,"second_moment_weight":null}"#, "other than 0"),
    (#""adaptivelayer""#, "`loss` is missing"),
    (#"{"name":"adaptivelayer","loss":"mnrl","n_layers_per_step":0}"#, "at least 1, or -1"),
    (#"{"name":"adaptivelayer","loss":"mnrl","layer_weighting":"square"}"#, "`log`"),
    (#"{"name":"adaptivelayer","loss":{"name":"softmax","num_labels":2}}"#, "weights of its own"),
    (#"{"name":"matryoshka2d","loss":"mnrl"}"#, "`matryoshka_dims` is missing"),
    (
      #"{"name":"matryoshka","loss":{"name":"adaptivelayer","loss":"mnrl"},"matryoshka_dims":[8]}"#,
      "Matryoshka2dLoss is both"
    ),
    (#"{"name":"matryoshka","loss":"mnrl"}"#, "`matryoshka_dims` is missing"),
    (#"{"name":"matryoshka","matryoshka_dims":[8]}"#, "`loss` is missing"),
    (#"{"name":"matryoshka","loss":"mnrl","matryoshka_dims":[]}"#, "a width at least"),
    (#"{"name":"matryoshka","loss":"mnrl","matryoshka_dims":[9]}"#, "between 1 and 8"),
    (#"{"name":"matryoshka","loss":"mnrl","matryoshka_dims":[4,4]}"#, "different widths"),
    (
      #"{"name":"matryoshka","loss":"mnrl","matryoshka_dims":[4],"matryoshka_weights":[1,2]}"#,
      "1 numbers"
    ),
    (#"{"name":"matryoshka","loss":"mnrl","matryoshka_dims":[8,4],"n_dims_per_step":0}"#, "-1"),
    (#"{"name":"matryoshka","loss":{"name":"mnrl","scael":1},"matryoshka_dims":[8]}"#, "`scael`"),
    (
      #"{"name":"matryoshka","loss":{"name":"softmax","num_labels":2},"matryoshka_dims":[8]}"#,
      "one width"
    ),
  ])
  func mistakesAreNamed(text: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try make(text) }
    #expect(error.description.contains(message), "\(error)")
    #expect(error.description.hasPrefix("recipe.json"))
  }

  @Test func aModelWithoutLayersHasOtherLosses() throws {
    let error = try #require(throws: FileError.self) {
      try make(#"{"name":"adaptivelayer","loss":"mnrl"}"#, layers: 0)
    }
    #expect(error.description.contains("this model has none"), "\(error)")
    #expect(error.description.contains("MatryoshkaLoss"))
    #expect(!error.description.contains("Matryoshka2dLoss"))
  }

  @Test func eachBatchDrawsLayersAndWidths() throws {
    let loss = try make(
      #"{"name":"matryoshka2d","loss":"mnrl","matryoshka_dims":[8,4,2],"n_layers_per_step":2}"#,
      layers: 6)
    #expect(loss.layers == [0, 1, 2, 3, 4, 5])
    let drawn = (1...100).map { loss.drawn($0).layers }
    #expect(drawn.allSatisfy { $0.count == 2 && Set($0).count == 2 })
    #expect(Set(drawn.joined()) == Set(0..<6))
    #expect(drawn == (1...100).map { loss.drawn($0).layers })
    // Rows of equal numbers, of which each width makes other unit vectors.
    let columns = (0..<2).map { seed in
      Tensor([2, 24], (0..<48).map { Float(($0 * 7 + seed * 5) % 11) - 5 })
    }
    #expect(Set((1...20).map { loss.drawn($0)(columns, .none, [:]).value }).count > 2)
  }

  @Test func aClassifierHasTheClassesOfTheData() throws {
    let loss = try make(#""softmax""#, classes: 3)
    #expect(loss.weights.map(\.value.shape) == [[3, 24], [3]])
    // ±1/√24
    let numbers = loss.weights.flatMap { $0.value.elements.map(\.magnitude) }
    #expect(numbers.allSatisfy { $0 <= 0.2042 } && numbers.contains { $0 > 0.18 })
    #expect(throws: FileError.self) { try make(#"{"name":"softmax","num_labels":2}"#, classes: 3) }
  }

  private static let standard: [(Int, LabelKind, String?)] = [
    (2, .none, "MultipleNegativesRankingLoss"), (5, .none, "MultipleNegativesRankingLoss"),
    (2, .score, "CoSENTLoss"), (2, .classes, "SoftmaxLoss"), (1, .classes, "BatchAllTripletLoss"),
    (1, .vectors, "MSELoss"), (2, .vectors, "MSELoss"), (1, .none, nil), (3, .score, nil),
    (3, .classes, nil),
  ]

  @Test(arguments: standard)
  func columnsSayWhatIsLearned(columns: Int, labels: LabelKind, name: String?) {
    #expect(Losses.standard(columns: columns, labels: labels)?.name == name)
  }

  @Test(arguments: [
    ("splade", "SpladeLoss"), ("mnrl", "SparseMultipleNegativesRankingLoss"),
    ("marginmse", "SparseMarginMSELoss"), ("kldiv", "SparseDistillKLDivLoss"),
    ("losses.SparseCoSENTLoss", "SparseCoSENTLoss"), ("triplet", "SparseTripletLoss"),
  ])
  func namesAreLookedUpAmongThoseOfTheKind(name: String, loss: String) throws {
    let type = try Losses.type(JSON(.string(name), name: "x"), of: .sparse)
    #expect(type.name == loss)
  }

  @Test(arguments: [
    (
      #""SpladeLoss""#, ModelKind.dense,
      "SpladeLoss is a loss of sparse models, and the model is an emb"
    ),
    (#""SpladeLoss""#, .dense, "such can have MultipleNegativesRankingLoss, "),
    (#""CoSENTLoss""#, .sparse, "such can have SpladeLoss, CachedSpladeLoss, SparseMultiple"),
    (
      #"{"name":"SpladeLoss","loss":"FlopsLoss"}"#, .sparse, "FlopsLoss cannot be inside SpladeLoss"
    ),
    (#"{"name":"SpladeLoss","loss":"CoSENTLoss"}"#, .sparse, "a loss of embedding models"),
    (#""SpladeLoss""#, .sparse, "`loss` is missing"),
    (
      #"{"name":"SpladeLoss","loss":"mnrl","document_regularizer":"SparseMSELoss"}"#, .sparse,
      "should be `FlopsLoss`, the only one"
    ),
    (
      #"{"name":"SpladeLoss","loss":"mnrl","document_regularizer_weight":-1}"#, .sparse,
      "a number of at least 0"
    ),
    (#""tsdae""#, .dense, "TSDAE), which needs a decoder beside the model, is not trained here"),
    (#""losses.CSRLoss""#, .sparse, "a SparseAutoEncoder, is not trained here; SpladeLoss makes"),
  ])
  func whatAModelsKindCannotHaveIsRefused(text: String, kind: ModelKind, part: String) throws {
    let error = try #require(throws: FileError.self) { try make(text, kind) }
    #expect(error.description.contains(part), "\(error)")
  }

  /// (steps done / a third of all)², as the reference's callback logs it.
  @Test(arguments: [
    (1, 12, 0.0), (2, 12, 0.0625), (3, 12, 0.25), (4, 12, 0.5625), (5, 12, 1.0), (12, 12, 1.0),
    (1, 2, 0.0), (2, 2, 1.0), (34, 100, 1), (33, 100, 32.0 / 33 * 32 / 33),
  ])
  func theWeightsOfRegularizersRise(step: Int, of steps: Int, share: Double) throws {
    let loss = try make(#"{"name":"SpladeLoss","loss":"mnrl"}"#, .sparse)
    let columns = [Tensor([2, 2], [1, 0, 2, 1]), Tensor([2, 2], [0, 3, 1, 1])]
    let whole = loss(columns, .none, [:]).parts
    let found = loss.scheduled(step: step, of: steps)(columns, .none, [:]).parts
    #expect(found[0].value == whole[0].value && whole[1].value > 0 && whole[2].value > 0)
    for place in [1, 2] {
      #expect(abs(found[place].value - share * whole[place].value) <= 1e-15)
    }
  }

  @Test func whereNothingIsSaidTheWeightsAreTheReferences() throws {
    let loss = try make(#"{"name":"SpladeLoss","loss":"mnrl"}"#, .sparse)
    let parameters = Dictionary(
      uniqueKeysWithValues: loss.parameters.map {
        ($0.name, String(decoding: $0.value.bytes, as: UTF8.self))
      })
    #expect(parameters["document_regularizer_weight"] == "3e-05")
    #expect(parameters["query_regularizer_weight"] == "5e-05")
    let one = try make(
      #"{"name":"SpladeLoss","loss":"mnrl","document_regularizer_weight":0.1}"#, .sparse)
    #expect(!one.parameters.contains { $0.name == "query_regularizer_weight" })
  }

  private static let sparseStandard: [(Int, LabelKind, String?)] = [
    (2, .none, "SparseMultipleNegativesRankingLoss"), (2, .score, "SparseCoSENTLoss"),
    (3, .score, "SparseMarginMSELoss"), (3, .teacherScores(less: 1...1), "SparseDistillKLDivLoss"),
    (4, .teacherScores(less: 2...2), "SparseMarginMSELoss"), (1, .classes, nil),
  ]

  @Test(arguments: sparseStandard)
  func columnsSayWhatASparseModelLearns(columns: Int, labels: LabelKind, name: String?) {
    #expect(Losses.standard(columns: columns, labels: labels, of: .sparse)?.name == name)
  }
}

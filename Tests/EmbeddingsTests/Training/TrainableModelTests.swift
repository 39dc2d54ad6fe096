import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// The way back through every module, to each tensor of its files.
@Suite struct TrainableModelTests {
  private static let texts = [
    "a man is eating food", "the girl", "", "one two three, four five six",
  ]

  private static let pictures = ["logit_scale", "vision_model", "visual_projection"]

  /// Tensors of which a text's vector is not made.
  private static let unused: [String: [String]] = [
    "clip": pictures, "clip-old-schema": pictures,
    "weighted-layer-pooling-idle": ["layer_weights", "pooler"],
  ]

  /// Models that have no numbers that could change, or a Router.
  private static let fixed = ["bow", "bow-once", "asym", "router"]

  /// Rerankers; those that ask a language model for a word are refused.
  private static let rerankers = Fixture.folders("kinds").filter { $0.hasPrefix("ce_") }

  @Test(arguments: rerankers)
  func everyTensorOfARerankerHasItsDerivative(_ name: String) throws {
    let start = try TextModel(
      folder: Fixture.path("kinds/\(name)"), options: EmbedderOptions().asking(.rerank))
    guard !start.list.kinds.contains("LogitScore") else {
      #expect(throws: FileError.self) { _ = try TrainableModel(start) }
      return
    }
    let model = try TrainableModel(start)
    let route = try start.pairRoute(prompt: "")
    // With the other document a number of DistilBERT's head is 8e-5 from its ReLU's bend, which every
    // step beyond rounding crosses. torch 2.15.0 in float64 has our derivatives there, too.
    let document = Self.texts[name == "ce_distilbert" ? 0 : 3]
    let pairs = try Self.texts.dropLast().map {
      try route.encoding(of: Array($0.utf8), Array(document.utf8)).encoding
    }
    let tensors = try start.source.tensors()
    let parameters = Dictionary(
      uniqueKeysWithValues: try tensors.map { ($0.name, try $0.floats()) })
    let unused = Set(parameters.keys).subtracting(model.names)
    for tensor in unused {
      #expect(
        ["pooler", "position_ids"].contains { tensor.contains($0) }, "\(tensor) is not reached")
    }
    // Its head's bends want a smaller step.
    let step: Float = name == "ce_distilbert" ? 0x1p-13 : 0x1p-9
    try DirectionalDerivatives(of: parameters, steps: [step]) {
      try model.network(TrainedTensors($0)).vectors(
        of: pairs, promptLength: 0,
        TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(pairs.indices)))
    }.check { unused.contains($0) }
  }

  @Test func matricesAreThoseOfLinearModules() throws {
    let start = try TextModel(folder: Fixture.path("pipelines/bert-cls"), options: .init())
    let model = try TrainableModel(start)
    let expected = model.names.filter { name in
      ["query.weight", "key.weight", "value.weight", "dense.weight"].contains(where: name.hasSuffix)
    }
    #expect(model.matrices == expected && !expected.isEmpty)
    #expect(try model.networkType == "bert")
    let table = try TextModel(folder: Fixture.path("pipelines/static-embedding"), options: .init())
    #expect(try TrainableModel(table).matrices == [])
  }

  @Test(arguments: Fixture.pipelines)
  func everyTensorHasItsDerivative(_ name: String) throws {
    let start = try TextModel(folder: Fixture.path("pipelines/\(name)"), options: .init())
    guard !Self.fixed.contains(name) else {
      #expect(throws: FileError.self) { _ = try TrainableModel(start) }
      return
    }
    let model = try TrainableModel(start)
    let route = try start.route(prompt: "")
    let texts = try Self.texts.map { try route.encoding(of: Array($0.utf8)) }
    let tensors = try start.source.tensors()
    let parameters = Dictionary(
      uniqueKeysWithValues: try tensors.map { ($0.name, try $0.floats()) })
    let unused = Set(parameters.keys).subtracting(model.names)
    let expected = Self.unused[name, default: ["pooler", "position_ids"]]
    for tensor in unused {
      #expect(expected.contains { tensor.contains($0) }, "\(tensor) is not reached")
    }
    try DirectionalDerivatives(of: parameters) { parameters in
      try model.network(TrainedTensors(parameters)).vectors(
        of: texts, promptLength: 0,
        TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(texts.indices)))
    }.check { unused.contains($0) }
  }

  /// What is found of a model in half precision, whose matrices stay in its file, is what is found of the
  /// same numbers in float32.
  @Test(arguments: Fixture.pipelines)
  func whatIsTrainedIsTheSameInHalfPrecision(_ name: String) throws {
    guard !Self.fixed.contains(name) else { return }
    let scratch = try ScratchFolder()
    let (path, half) = (Fixture.path("pipelines/\(name)"), scratch.file("half"))
    _ = try ModelConversion(of: ModelFolder(path), to: half, format: .floats(.bfloat16))
    var options = EmbedderOptions()
    options.storedFrom = 0
    let found = try TrainableModel(TextModel(folder: half, options: options))
    let expected = try TrainableModel(TextModel(folder: path, options: .init()))
    #expect(found.names == expected.names && found.shapes == expected.shapes)
    #expect(found.wordTables == expected.wordTables)
    #expect(Set(found.matrices) == Set(expected.matrices))
  }

  /// SPLADE with the largest numbers and with sums, the logarithm once and twice, of each network.
  @Test(arguments: [
    "sp_bert", "sp_bert_bare", "sp_distilbert", "sp_modernbert", "sp_mpnet", "sp_roberta",
  ])
  func everyTensorOfASparseModelHasItsDerivative(_ name: String) throws {
    var options = EmbedderOptions()
    options.kind = .sparse
    let start = try TextModel(folder: Fixture.path("kinds/\(name)"), options: options)
    let model = try TrainableModel(start)
    let route = try start.route(prompt: "")
    let texts = try Self.texts.map { try route.encoding(of: Array($0.utf8)) }
    let parameters = Dictionary(
      uniqueKeysWithValues: try model.tensors().map { ($0.name, $0.tensor) })
    // The words' table is the decoder's, of which each row has a derivative.
    #expect(model.wordTables.isEmpty)
    // Where a largest number or a zero changes hands, what lies on either side has other derivatives.
    let steps: [Float] = [0x1p-14, 0x1p-13, 0x1p-12, 0x1p-11, 0x1p-10, 0x1p-9]
    try DirectionalDerivatives(of: parameters, steps: steps) { parameters in
      try model.network(TrainedTensors(parameters)).vectors(
        of: texts, promptLength: 0,
        TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(texts.indices)))
    }.check()
  }

  @Test(arguments: ["sp_bert", "sp_modernbert"])
  func vectorsInTrainingAreThoseOtherwise(_ name: String) throws {
    let start = try TextModel(folder: Fixture.path("kinds/\(name)"), options: .init())
    let route = try start.route(prompt: "")
    let texts = try Self.texts.map { try route.encoding(of: Array($0.utf8)) }
    let model = try TrainableModel(start)
    let dense = try model.network(TrainedTensors()).vectors(
      of: texts, promptLength: 0,
      TrainingPass(dropout: 0, seed: 1, step: 1, texts: Array(texts.indices)))
    guard case .sparse(let rows) = try start.results(of: texts, by: route) else {
      Issue.record("not sparse")
      return
    }
    #expect(dense.shape == [texts.count, rows.columns])
    for row in 0..<rows.rows {
      for (index, value) in zip(rows[row].indices, rows[row].values) {
        let found = dense.elements[row * rows.columns + Int(index)]
        #expect(abs(found - value) <= 2e-5 * max(1, value))
      }
    }
  }

  @Test(arguments: [
    ("sp_csr", "made by SparseAutoEncoder, which is not trained here"),
    ("sp_inference_free", "has a Router"),
  ])
  func otherSparseModelsAreNotTrained(_ name: String, _ part: String) throws {
    let start = try TextModel(folder: Fixture.path("kinds/\(name)"), options: .init())
    let message = try #require(throws: FileError.self) { try TrainableModel(start) }.description
    #expect(message.contains(part), "\(message)")
  }
}

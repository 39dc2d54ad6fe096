import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders
@testable import Tensors

/// Weights that stay in their files, of networks that are written in half precision.
@Suite struct StoredWeightsTests {
  /// A recorded network's weights in another format.
  private func weights(
    _ name: String, _ format: FloatFormat, _ precision: Precision, storedFrom: Int = 0
  ) throws -> (config: ModelConfig, weights: Weights) {
    let path = Fixture.path("encoders/\(name)")
    let (file, scratch) = (try TensorFile(folder: path), try ScratchFolder())
    let folder = try NewFolder(scratch.file("model"))
    try folder.writeSafetensors(
      "model.safetensors",
      file.names.compactMap { file[$0] }.map { raw in
        NewTensor(raw.name, format.elementType, raw.shape) { append in
          let bytes = try Weights(file).array(raw.name, raw.shape).withFloats(format.bytes)
          try #require(bytes).withUnsafeBytes(append)
        }
      })
    try folder.finish()
    let copy = try TensorFile(folder: scratch.file("model"))
    return (
      try ModelConfig(JSON(file: path + "/config.json")),
      Weights(copy, precision, storedFrom: storedFrom)
    )
  }

  private static let batch = TokenBatch(
    [[7, 3, 9, 1, 4], [5], [2, 8]].map { (ids: $0, segments: $0.map { _ in 0 }) })

  private func output(
    _ name: String, _ format: FloatFormat, _ precision: Precision, storedFrom: Int = 0
  ) throws -> [Float] {
    let (config, weights) = try weights(name, format, precision, storedFrom: storedFrom)
    let states = try Architectures.encoder(config, weights)(Self.batch)
    return (0..<Self.batch.layout.count).flatMap { states.rows(Self.batch.layout[$0]).elements }
  }

  /// The same bits, in memory once or made for each product.
  @Test(
    arguments: ["qwen3", "llama", "gemma2", "roberta", "lfm2"],
    [
      (FloatFormat.bfloat16, Precision.bf16), (.float16, .bf16), (.bfloat16, .f32),
      (.float16, .f32),
    ]
  )
  func aModelThatStaysInItsFileIsTheSame(
    _ name: String, _ kind: (format: FloatFormat, precision: Precision)
  ) throws {
    let inMemory = try output(name, kind.format, kind.precision, storedFrom: .max)
    #expect(try output(name, kind.format, kind.precision) == inMemory)
  }

  @Test func onlyWhatProductsAreOfStaysThere() throws {
    for (format, precision, isStored) in [
      (FloatFormat.bfloat16, Precision.bf16, true), (.bfloat16, .f32, true),
      (.float16, .bf16, true), (.float16, .f32, true), (.float32, .bf16, false),
      (.float32, .f32, false), (.bfloat16, .bf16x3, false),
    ] {
      let weights = try weights("qwen3", format, precision).weights
      let matrix = try weights.matrix("layers.0.mlp.up_proj.weight", 36, 24)
      #expect(matrix.isStored == isStored)
      // Rows of words are raised one by one in any case, which changes none.
      let words = try weights.words("embed_tokens.weight", 50, 24)
      guard case .stored(let rows) = words else {
        #expect(format == .float32)
        continue
      }
      #expect(try rows.raised.elements == weights.table("embed_tokens.weight", 50, 24).elements)
    }
  }

  /// An adapter that is trained, or was, is computed beside what stays there; the words do, too.
  @Test func whatIsTrainedBesideAMatrixLeavesItThere() throws {
    let (_, weights) = try weights("qwen3", .bfloat16, .f32)
    let name = "layers.0.mlp.up_proj.weight"
    var samples = Samples(seed: 3)
    let change = LowRank(a: samples.tensor(2, 24), b: samples.tensor(36, 2), scale: 0.5)
    let beside = weights.with(TrainedTensors(changes: [name: change]))
    let matrix = try beside.matrix(name, 36, 24)
    #expect(matrix.isStored && matrix.changes.count == 1)
    guard case .stored = try beside.words("embed_tokens.weight", 50, 24) else {
      Issue.record("the words were raised")
      return
    }
    // Where the matrix is made anyway, as when it is written, the change is in it.
    let merged = try beside.array(name, [36, 24])
    let x = samples.tensor(5, 24)
    expectClose(
      x.linear(matrix, bias: nil).elements, x.linear(Weight(rows: merged), bias: nil).elements,
      tolerance: 1e-5)
    let raised = Weights(weights.file, storedFrom: .max)
    let tracked = LowRank(a: change.a.tracked(), b: change.b, scale: 0.5)
    for (change, isBeside) in [(change, false), (tracked, true)] {
      let own = raised.with(TrainedTensors(changes: [name: change]))
      #expect(try own.matrix(name, 36, 24).changes.isEmpty == !isBeside)
    }
  }

  @Test func whatIsChangedOrTrainedIsInMemory() throws {
    let (_, weights) = try weights("qwen3", .bfloat16, .bf16)
    let name = "layers.0.mlp.up_proj.weight"
    let other = weights.with(TrainedTensors([name: .zeros([36, 24])]))
    #expect(try !other.matrix(name, 36, 24).isStored)
    let changes: [String: any WeightChange] = [
      name: LowRankChange(a: .zeros([1, 24]), b: .zeros([36, 1]), scale: 1)
    ]
    let changed = Weights(weights.file, .bf16, changes: changes, storedFrom: 0)
    #expect(try !changed.matrix(name, 36, 24).isStored)
  }
}

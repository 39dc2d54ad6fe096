import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Embeddings

/// A model is read once, and made as often as there are other numbers.
@Suite struct ModelSourceTests {
  private static let texts = ["the cat sat", "", "a river, 1984"].map { Array($0.utf8) }

  private func vectors(_ pipeline: Pipeline) throws -> [Float] {
    let route = try Route("", pipeline)
    return pipeline(try Self.texts.map(route.encoding), promptLength: 0).vectors.elements
  }

  private func source(_ folder: String) throws -> (ModuleList, ModelSource) {
    let list = try ModuleList(ModelFolder(folder))
    return (list, try ModelSource(list, EmbedderOptions(threads: 1)))
  }

  @Test(arguments: Fixture.pipelines)
  func aModelIsMadeAgainWithoutItsFolder(name: String) throws {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/\(name)"))
    let (list, source) = try source(folder.path)
    let first = try source.pipelines()
    for file in ["modules.json", "config.json", "tokenizer.json", "model.safetensors"]
    where try ModelFolder(folder.path).has(file) { try folder.remove(file) }
    let second = try source.pipelines()
    for choice in list.choices {
      let (one, other) = try (#require(first[choice]), #require(second[choice]))
      #expect(try vectors(one) == vectors(other))
    }
  }

  @Test(arguments: ["", "/"]) func trainedTensorsComeBeforeTheFiles(ending: String) throws {
    let (list, source) = try source(Fixture.path("pipelines/dense-old-schema") + ending)
    let choice = try #require(list.choices.first)
    let plain = try #require(try source.pipelines()[choice])
    let dense = try #require(plain.entries.last { $0.entry.kind == "Dense" }?.entry)
    let bias = try Weights(TensorFile(folder: dense.folder.path))["linear"]
      .vector("bias", plain.width)
    let name = "\(dense.path)/linear.bias"
    let same = try source.pipelines(trained: TrainedTensors([name: bias]))[choice]
    #expect(try vectors(#require(same)) == vectors(plain))
    let other = try source.pipelines(trained: TrainedTensors([name: bias.scaled(by: -2)]))[choice]
    #expect(try vectors(#require(other)) != vectors(plain))
    // A tensor of the network goes by its name in the file alone.
    let words = try Weights(TensorFile(folder: list.first(nil).folder.path))
      .table(ofAnySize: "embeddings.word_embeddings.weight")
    let changed = TrainedTensors(["embeddings.word_embeddings.weight": words.scaled(by: 0.5)])
    let scaled = try source.pipelines(trained: changed)[choice]
    #expect(try vectors(#require(scaled)) != vectors(plain))
  }

  @Test(arguments: [
    ("hkunlp/instructor-base", true), ("hkunlp/instructor-xl", true),
    ("org/instructor-base", false),
  ])
  func instructorsLeaveThePromptOut(name: String, leaves: Bool) throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    var options = EmbedderOptions()
    options.modelName = name
    let embedder = try Embedder(folder: folder.path, options: options)
    let pooling = try Inspection(embedder).modules[1]
    #expect(pooling.contains("without the prompt's tokens") == leaves)
  }
}

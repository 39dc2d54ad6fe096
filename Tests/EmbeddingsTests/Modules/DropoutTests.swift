import Encoders
import Tensors
import TestSupport
import Testing

@testable import Embeddings

/// The module that leaves out numbers while a model is trained, here 0.3 of them.
@Suite struct DropoutTests {
  private let pipeline: Pipeline
  private let route: Route

  init() throws {
    let model = try TextModel(
      folder: Fixture.path("pipelines/dropout"), options: EmbedderOptions(threads: 1))
    route = try model.route(prompt: "")
    pipeline = route.pipeline.beforeNormalize
  }

  private func vectors(_ texts: [Int], _ pass: TrainingPass?) throws -> Tensor {
    let encodings = try texts.map { try route.encoding(of: Array("the cat \($0)".utf8)) }
    return pipeline(encodings, promptLength: 0, training: pass).vectors
  }

  private func pass(_ texts: [Int], dropout: Float? = nil, step: Int = 1) -> TrainingPass {
    TrainingPass(dropout: dropout, seed: 1, step: step, texts: texts)
  }

  @Test func itsRateIsThatOfItsFileOrAnother() throws {
    let texts = Array(0..<64)
    for (dropout, rate) in [(nil, 0.3), (0.1, 0.1), (0, 0)] as [(Float?, Double)] {
      let vectors = try vectors(texts, pass(texts, dropout: dropout)).elements
      let share = Double(vectors.count { $0 == 0 }) / Double(vectors.count)
      // Five deviations of a binomial distribution.
      let deviation = (rate * (1 - rate) / Double(vectors.count)).squareRoot()
      #expect((share - rate).magnitude <= 5 * deviation)
    }
  }

  @Test func withoutDropoutItIsInference() throws {
    let texts = Array(0..<5)
    expectClose(
      try vectors(texts, pass(texts, dropout: 0)).elements, try vectors(texts, nil).elements,
      tolerance: 1e-5)
  }

  @Test func whatIsLeftOutOfATextDoesNotDependOnItsCompany() throws {
    let texts = Array(0..<5)
    let together = try vectors(texts, pass(texts, dropout: 0.2))
    for text in texts {
      expectClose(
        try vectors([text], pass([text], dropout: 0.2)).elements,
        together.rows(text..<text + 1).elements, tolerance: 1e-5)
    }
    #expect(
      try vectors(texts, pass(texts, dropout: 0.2, step: 2)).elements != together.elements)
  }
}

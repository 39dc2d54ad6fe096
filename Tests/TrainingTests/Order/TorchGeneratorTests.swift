import ModelFiles
import TestSupport
import Testing

@testable import Training

@Suite struct TorchGeneratorTests {
  @Test func permutationsAreThoseOfTorch() throws {
    for line in try Fixture.lines(Fixture.path("training/permutations.jsonl")) {
      var generator = TorchGenerator(seed: try line.int("seed"))
      let drawn = generator.permutation(try line.int("count"))
      #expect(drawn.prefix(8).map(Int32.init) == (try line.ints("first")))
      #expect(drawn.suffix(8).map(Int32.init) == (try line.ints("last")))
    }
  }

  @Test func ofNothingAndOneThereIsOneOrder() {
    var generator = TorchGenerator(seed: 1)
    #expect(generator.permutation(0) == [])
    #expect(generator.permutation(1) == [0])
  }
}

import TestSupport
import Testing

@testable import Tensors

@Suite struct DropoutTests {
  private func ones(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor([rows, columns]) { $0.update(repeating: 1) }
  }

  private func dropout(
    _ rate: Float = 0.3, seed: UInt64 = 42, step: Int = 1, layer: Int = 0, site: Int = 0,
    texts: [Int]
  ) -> Dropout {
    Dropout(rate: rate, seed: seed, step: step, layer: layer, site: site, texts: texts)
  }

  @Test func aTextsNumbersAreTheSameWhateverTheBatch() {
    let together = SequenceLayout(lengths: [3, 20, 7], period: 4)
    let alone = SequenceLayout(unpadded: [20])
    let x = ones(together.rows, 19).dropped(dropout(texts: [4, 5, 6]), together)
    let y = ones(20, 19).dropped(dropout(texts: [5]), alone)
    #expect(x.rows(together[1]).elements == y.elements)
  }

  @Test func rowsOfPaddingStay() {
    let layout = SequenceLayout(lengths: [3, 5], period: 4)
    let x = ones(layout.rows, 40).dropped(dropout(0.9, texts: [0, 1]), layout)
    for row in layout.padding.joined() {
      #expect(x.rows(row..<row + 1).elements.allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: [Float(0.01), 0.1, 0.5, 0.9])
  func theShareThatIsLeftOutIsTheRate(rate: Float) {
    let layout = SequenceLayout(unpadded: [100, 100])
    let x = ones(200, 500).dropped(dropout(rate, texts: [0, 1]), layout).elements
    let share = Double(x.count { $0 == 0 }) / Double(x.count)
    // Five deviations of a binomial distribution.
    let deviation = (Double(rate) * Double(1 - rate) / Double(x.count)).squareRoot()
    #expect((share - Double(rate)).magnitude < 5 * deviation)
    #expect(Set(x).subtracting([0]) == [1 / (1 - rate)])
  }

  /// Of independent draws, two numbers agree in 0.3² + 0.7² of all places.
  @Test func anotherSeedStepLayerSiteOrTextDrawsAnew() {
    let layout = SequenceLayout(unpadded: [100])
    func mask(_ dropout: Dropout) -> [Float] { ones(100, 500).dropped(dropout, layout).elements }
    let first = mask(dropout(texts: [3]))
    for other in [
      dropout(seed: 43, texts: [3]), dropout(step: 2, texts: [3]), dropout(layer: 1, texts: [3]),
      dropout(site: 1, texts: [3]), dropout(texts: [4]),
    ] {
      let same = Double(zip(first, mask(other)).count { $0 == $1 }) / 50_000
      #expect((same - 0.58).magnitude < 0.012)
    }
    #expect(mask(dropout(texts: [3])) == first)
  }

  @Test func rowsColumnsAndHeadsAreIndependent() {
    let layout = SequenceLayout(unpadded: [400])
    let x = ones(400, 128).dropped(dropout(0.5, texts: [0]), layout).elements.map { $0 - 1 }
    for lag in [1, 2, 3, 16, 64, 127, 128, 129, 256, 1280] {
      let products = zip(x, x.dropFirst(lag)).map(*)
      let mean = products.reduce(0, +) / Float(products.count)
      // Each product is 1 or -1; five deviations of their mean.
      #expect(mean.magnitude < 5 / Float(products.count).squareRoot(), "lag \(lag)")
    }
    let one = dropout(texts: [0])
    let keys = (0..<16).flatMap { head in
      (0..<64).map { one.keys(sequence: 0, head: head, query: $0) }
    }
    #expect(Set(keys.map(\.low)).count == keys.count)
  }

  @Test func theDerivativeIsThroughTheSameMask() throws {
    let layout = SequenceLayout(unpadded: [6, 2])
    var samples = Samples(seed: 5)
    let (x, seed) = (samples.tensor(8, 33).tracked(), samples.tensor(8, 33))
    let y = x.dropped(dropout(texts: [7, 9]), layout)
    let found = try #require(Gradients(of: y, seed: seed)[x]).dense([8, 33]).elements
    let mask = ones(8, 33).dropped(dropout(texts: [7, 9]), layout).elements
    #expect(found == zip(seed.elements, mask).map(*))
  }

  @Test func nothingAndEverythingMayBeLeftOut() {
    let layout = SequenceLayout(unpadded: [5])
    #expect(ones(5, 9).dropped(nil, layout).elements == ones(5, 9).elements)
    #expect(ones(5, 9).dropped(dropout(0, texts: [0]), layout).elements == ones(5, 9).elements)
    #expect(
      ones(5, 9).dropped(dropout(1, texts: [0]), layout).elements.allSatisfy { $0 == 0 })
  }

  @Test func wholesAreHitAtTheirRate() {
    let hits = (0..<2000).count { dropout(0.2, step: $0, texts: [0]).isHit }
    // Four deviations of a binomial distribution.
    #expect((hits - 400).magnitude < 72)
    #expect(dropout(1, texts: [0]).isHit && !dropout(0, texts: [0]).isHit)
  }
}

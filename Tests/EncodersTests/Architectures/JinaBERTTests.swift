import Testing

@testable import Encoders

@Suite struct JinaBERTTests {
  /// By ALiBi's own `get_slopes`: between the slopes of 4 heads are those of 8, every other one.
  @Test func slopesOfHeadsThatAreNoPowerOfTwo() {
    #expect(JinaBERT.slopes(4) == [0.25, 0.0625, 0.015625, 0.00390625])
    #expect(JinaBERT.slopes(6) == [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125])
  }

  /// The square of so many would take hours.
  @Test func slopesAreMadeInLinearTime() {
    #expect(JinaBERT.slopes(ModelConfig.widest - 1).count == ModelConfig.widest - 1)
  }
}

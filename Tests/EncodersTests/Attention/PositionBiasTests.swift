import Synchronization
import Testing

@testable import Encoders

@Suite struct PositionBiasTests {
  @Test func itIsMadeAgainOnlyForLongerTexts() {
    let made = Mutex<[Int]>([])
    let value = LengthCache(mostKept: 200) { tokens in
      made.withLock { $0.append(tokens) }
      return tokens
    }
    #expect([3, 16, 17, 10, 150, 200].map { value(tokens: $0) } == [16, 16, 32, 32, 150, 200])
    #expect(made.withLock { $0 } == [16, 32, 150, 200])
    // Beyond what is kept it is as long as the text, and does not stay.
    #expect([201, 201, 5].map { value(tokens: $0) } == [201, 201, 200])
    #expect(made.withLock { $0 } == [16, 32, 150, 200, 201, 201])
  }
}

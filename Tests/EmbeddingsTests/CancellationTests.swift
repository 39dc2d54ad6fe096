import Synchronization
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

@Suite struct CancellationTests {
  @Test func aTextIsGivenUpBetweenLayers() throws {
    let model = try TextModel(folder: Fixture.tinyBERT, options: .init(threads: 1))
    let route = try model.route()
    let encoding = try route.encoding(of: Array("a cat".utf8))
    let asked = Mutex(0)
    func results(givingUpAfter most: Int) throws {
      asked.withLock { $0 = 0 }
      _ = try model.results(of: [encoding], by: route) {
        asked.withLock { asked in
          asked += 1
          return asked > most
        }
      }
    }
    try results(givingUpAfter: .max)
    // Before and after the micro-batch, and before each layer.
    let all = asked.withLock { $0 }
    #expect(all > 3)
    for most in 0..<all {
      #expect(throws: CancellationError.self) { try results(givingUpAfter: most) }
    }
  }
}

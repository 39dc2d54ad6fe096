import Synchronization
import Testing

@testable import Tensors

@Suite struct DeferredTests {
  private struct Missing: Error {}

  @Test func aValueIsMadeOnceWhoeverAsks() throws {
    let made = Atomic(0)
    let value = Deferred { made.wrappingAdd(1, ordering: .relaxed).newValue }
    #expect(made.load(ordering: .relaxed) == 0)
    let values = try Parallel.map(20, threads: 4) { _ in try value.value }
    #expect(values == Array(repeating: 1, count: 20))
    #expect(made.load(ordering: .relaxed) == 1)
  }

  @Test func whatIsWrongIsThrownEachTime() {
    let made = Atomic(0)
    let value = Deferred<Int> {
      made.add(1, ordering: .relaxed)
      throw Missing()
    }
    for _ in 0..<2 { #expect(throws: Missing.self) { try value.value } }
    #expect(made.load(ordering: .relaxed) == 1)
  }
}

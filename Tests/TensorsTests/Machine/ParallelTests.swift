import Synchronization
import Testing

@testable import Tensors

@Suite struct ParallelTests {
  struct Stopped: Error {}

  @Test(arguments: [(0, 4), (1, 4), (1000, 1), (1000, 2), (3, 8)])
  func everyIndexComesOnce(count: Int, threads: Int) throws {
    let seen = Mutex<[Int]>([])
    try Parallel.forEach(count, threads: threads) { index in seen.withLock { $0.append(index) } }
    #expect(seen.withLock { $0.sorted() } == Array(0..<count))
    #expect(try Parallel.map(count, threads: threads) { $0 * 2 } == (0..<count).map { $0 * 2 })
  }

  @Test(arguments: [1, 4]) func anErrorIsThrownAndEndsTheWork(threads: Int) {
    let started = Atomic(0)
    #expect(throws: Stopped.self) {
      try Parallel.forEach(10_000, threads: threads) { index in
        started.wrappingAdd(1, ordering: .relaxed)
        if index == 10 { throw Stopped() }
      }
    }
    #expect(started.load(ordering: .relaxed) < 10_000)
  }
}

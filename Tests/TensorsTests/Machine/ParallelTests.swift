import Glibc
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
    let doubled = (0..<count).map { $0 * 2 }
    #expect(try Parallel.map(count, threads: threads) { $0 * 2 } == doubled)
    #expect(try Parallel.map(count, share: 3, threads: threads) { $0 * 2 } == doubled)
  }

  /// Work inside work ends, too, though all threads are taken.
  @Test func workMayAskForThreadsItself() throws {
    let sum = Atomic(0)
    try Parallel.forEach(8, threads: 4) { _ in
      try Parallel.forEach(8, threads: 4) { index in
        sum.wrappingAdd(index, ordering: .relaxed)
      }
    }
    #expect(sum.load(ordering: .relaxed) == 8 * 28)
  }

  @Test(arguments: [(0, 4), (1, 4), (100, 1), (100, 3), (7, 8)])
  func partsCoverAll(count: Int, unit: Int) {
    let seen = Mutex<[Int]>([])
    Parallel.sharing(4) {
      Parallel.split(count, unit: unit) { part in
        seen.withLock { $0 += part }
        #expect(part.lowerBound % unit == 0)
      }
    }
    #expect(seen.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test(arguments: [1, 4]) func anErrorIsThrownAndEndsTheWork(threads: Int) {
    let started = Atomic(0)
    #expect(throws: Stopped.self) {
      try Parallel.forEach(10_000, threads: threads) { index in
        started.wrappingAdd(1, ordering: .relaxed)
        if index == 10 { throw Stopped() }
        // Whoever goes on meanwhile takes longer than a thread that throws waits for a processor.
        if index > 10 { usleep(10_000) }
      }
    }
    #expect(started.load(ordering: .relaxed) < 10_000)
  }
}

import Dispatch
import Synchronization

/// Who decides about threads. OpenBLAS runs single-threaded inside, these run outside.
package enum Parallel {
  /// Runs `body(0)`, …, `body(count − 1)`, each once, in rising order of start, on at most
  /// `threads` threads, the caller's among them. After a throw no further one is started; the
  /// first error is thrown once all that were started have returned.
  package static func forEach(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Void
  ) throws {
    guard count > 1, threads > 1 else {
      for index in 0..<count { try body(index) }
      return
    }
    let next = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do {
          try body(index)
        } catch {
          failure.withLock { $0 = $0 ?? error }
          next.store(count, ordering: .relaxed)
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// What `body` gives for 0 ..< `count`, in that order.
  package static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    try forEach(count, threads: threads) { index in
      let result = try body(index)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}

import CProcess
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
    run(on: min(threads, count)) {
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

  /// The same where `body` takes so little time that a thread takes `share` of them at once.
  package static func map<Result: Sendable>(
    _ count: Int, share: Int, threads: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try map((count + share - 1) / share, threads: threads) { part in
      try (part * share..<min((part + 1) * share, count)).map(body)
    }.flatMap { $0 }
  }

  /// The threads that one operation may use: 1 while the threads have other work.
  @TaskLocal private static var spare = 1

  /// Lets operations in `body` use `threads` threads each.
  package static func sharing<Result>(_ threads: Int, _ body: () throws -> Result) rethrows
    -> Result
  {
    try $spare.withValue(threads, operation: body)
  }

  /// Runs `body` over parts of 0 ..< `count`, one for each spare thread, which begin at multiples of
  /// `unit`. What is split in a part is not split again.
  /// - Parameter most: how many parts there are at most
  static func split(
    _ count: Int, unit: Int, parts most: Int = .max, _ body: @Sendable (Range<Int>) -> Void
  ) {
    let threads = min(spare, most)
    let units = (count + unit - 1) / unit
    guard threads > 1, units > 1 else { return body(0..<count) }
    let parts = min(threads, units)
    let next = Atomic(0)
    sharing(1) {
      run(on: parts) {
        while true {
          let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard part < parts else { return }
          let (first, end) = (units * part / parts * unit, units * (part + 1) / parts * unit)
          body(first..<min(end, count))
        }
      }
    }
  }

  /// Calls `work` on the caller's thread and on others at the same time, `threads` at most; each
  /// call looks itself for what is left to do.
  private static func run(on threads: Int, _ work: @Sendable () -> Void) {
    withoutActuallyEscaping(work) { work in
      withUnsafePointer(to: work) { work in
        cp_run(
          Int32(clamping: threads - 1),
          { $0?.assumingMemoryBound(to: (@Sendable () -> Void).self).pointee() },
          UnsafeMutableRawPointer(mutating: work))
      }
    }
  }
}

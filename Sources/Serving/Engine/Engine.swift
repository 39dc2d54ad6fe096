import Embeddings
import Glibc
import ModelFiles
import NIOCore
import Synchronization
import Tensors
import Tokenizers

/// Computes what requests ask for, on threads of its own.
final class Engine: Sendable {
  let cache: VectorCache
  private let threads: Int
  private let queueTokens: Int
  private let metrics: Metrics
  private let queue = Mutex(WorkQueue())
  private let wake = Semaphore()
  private let numbers = Atomic<Int>(0)
  private let lanes = Atomic<Int>(0)
  /// Tokens that a worker computes in a second, as lately; 0 before the first.
  private let rate = Atomic<Int>(0)
  /// Requests whose clients left before they were added.
  private let left = Mutex<Set<Int>>([])

  init(_ options: ServeOptions, threads: Int, _ metrics: Metrics) {
    (queueTokens, self.threads, self.metrics) = (options.queueTokens, max(1, threads), metrics)
    cache = VectorCache(bytes: options.cache)
  }

  /// A number for another lane.
  func newLane() -> Int { lanes.wrappingAdd(1, ordering: .relaxed).newValue }

  var waitingTokens: Int { queue.withLock { $0.waitingTokens } }
  var waitingTexts: Int { queue.withLock { $0.waitingTexts } }
  var isIdle: Bool { queue.withLock { $0.isEmpty } }

  /// What a model makes of texts, in their order.
  /// - Throws: a `Problem` where too much waits, `CancellationError` where the client has left
  func made(of texts: [Encoding], in lane: Lane) async throws -> WorkQueue.Outcome {
    guard !texts.isEmpty else {
      return WorkQueue.Outcome(made: [], queue: .zero, compute: .zero)
    }
    try admit(WorkQueue.cost(texts))
    let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
    defer { _ = left.withLock { $0.remove(number) } }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        add(number, texts, lane) { continuation.resume(with: $0) }
      }
    } onCancel: {
      cancel(number)
    }
  }

  /// Refuses what would wait too long. Where nothing waits, anything is taken.
  private func admit(_ tokens: Int) throws {
    let waiting = waitingTokens
    guard waiting > 0, waiting + tokens > queueTokens else { return }
    let perSecond = max(1, rate.load(ordering: .relaxed) * threads)
    throw Problem.overloaded(
      "\(waiting) tokens wait, and \(tokens) more would be over --queue-tokens \(queueTokens); try again "
        + "when Retry-After says",
      seconds: min(120, max(1, (waiting + perSecond - 1) / perSecond)))
  }

  private func add(
    _ number: Int, _ texts: [Encoding], _ lane: Lane,
    _ finish: @escaping @Sendable (Result<WorkQueue.Outcome, any Error>) -> Void
  ) {
    let job = WorkQueue.Job(
      lane: lane, texts: texts, waiting: [], made: Array(repeating: nil, count: texts.count),
      missing: texts.count, added: .now(), started: nil, finish: finish)
    // Under one lock with `cancel`, so that a request is either added or known to be gone.
    let woken: Int? = left.withLock { left in
      left.contains(number) ? nil : queue.withLock { $0.add(number, job) }
    }
    guard let woken else { return finish(.failure(CancellationError())) }
    for _ in 0..<woken { wake.signal() }
  }

  private func cancel(_ number: Int) {
    let job = left.withLock { left in
      _ = left.insert(number)
      return queue.withLock { $0.remove(number) }
    }
    job?.finish(.failure(CancellationError()))
  }
}

extension Engine {
  /// Works until `close`, on the calling thread and others.
  func work() throws {
    try Parallel.forEach(threads, threads: threads) { _ in
      // Whoever reads and answers requests comes first. On Linux this is the thread's own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      while true {
        let (batch, isOver) = queue.withLock {
          ($0.take(workers: threads, now: .now()), $0.isOver)
        }
        if let batch { compute(batch) } else if isOver { return } else { wake.wait() }
      }
    }
  }

  /// Lets `work` return once all that waits is done.
  func close() {
    // Those at work look again when they are done; those that wait are woken to see it.
    _ = queue.withLock { $0.close() }
    for _ in 0..<threads { wake.signal() }
  }

  private func compute(_ batch: WorkQueue.Batch) {
    let start = NIODeadline.now()
    do {
      let lane = batch.lane
      let results = try lane.model.results(
        of: batch.texts, by: lane.route, threads: batch.threads, isWhole: lane.isWhole
      ) { [self] in queue.withLock { $0.isForNobody(batch) } }
      let made = batch.texts.indices.map { Made(results, at: $0) }
      let end = NIODeadline.now()
      note(batch.tokens, end - start)
      metrics.batch(texts: batch.texts.count, tokens: batch.tokens)
      for job in queue.withLock({ $0.finish(batch, made) }) {
        job.finish(.success(job.outcome(now: end)))
      }
    } catch {
      // A failure is that of one request: the others get their vectors.
      let parts = batch.byRequest
      if parts.count > 1 {
        queue.withLock { $0.divide(into: parts.count) }
        for part in parts { compute(part) }
      } else {
        for job in queue.withLock({ $0.fail(batch) }) { job.finish(.failure(error)) }
      }
    }
    // The last one wakes those that wait for the end.
    if queue.withLock({ $0.isOver }) { for _ in 0..<threads { wake.signal() } }
  }

  /// Remembers how fast it goes: the mean of late micro-batches, each newer one an eighth of it.
  private func note(_ tokens: Int, _ time: TimeAmount) {
    let new = tokens * 1_000_000_000 / max(1, Int(time.nanoseconds))
    let old = rate.load(ordering: .relaxed)
    rate.store(old == 0 ? new : (7 * old + new) / 8, ordering: .relaxed)
  }
}

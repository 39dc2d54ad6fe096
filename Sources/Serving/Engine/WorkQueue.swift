import DequeModule
import Embeddings
import NIOCore
import Tokenizers

/// The texts that wait, of all requests.
///
/// Requests take turns: each gives texts for one micro-batch, its longest first, then the next, so
/// that a sentence behind a request of 2,000 texts waits for one micro-batch and not for all. What a
/// request leaves of a micro-batch others fill. Nobody waits for company.
struct WorkQueue {
  /// One request's texts.
  struct Job {
    let lane: Lane
    let texts: [Encoding]
    /// The numbers of the texts that wait, the next one last.
    var waiting: [Int]
    var made: [Made?]
    var missing: Int
    let added: NIODeadline
    var started: NIODeadline?
    let finish: @Sendable (Result<Outcome, any Error>) -> Void
  }

  /// What a request gets.
  struct Outcome: Sendable {
    let made: [Made]
    let queue: TimeAmount
    let compute: TimeAmount
  }

  /// Texts that a worker takes together.
  struct Batch: Sendable {
    let lane: Lane
    var texts: [Encoding] = []
    var places: [(job: Int, index: Int)] = []
    var tokens = 0
    /// How many threads its operations may use.
    var threads = 1
  }

  private var jobs: [Int: Job] = [:]
  /// Those of them that have texts waiting, the next one first.
  private var turns: Deque<Int> = []
  private(set) var waitingTokens = 0
  /// Workers that have nothing to do, and those that have.
  private var idle = 0
  private var busy = 0
  private var isClosed = false
  /// The request that waited for its next turn and was left out of the last micro-batch: it is first
  /// in the next one, however many have come since.
  private var leftOut: Int?

  /// Whether all is done, and nothing more comes.
  var isOver: Bool { isClosed && jobs.isEmpty }
  var isEmpty: Bool { jobs.isEmpty }
  var waitingTexts: Int { jobs.values.reduce(0) { $0 + $1.waiting.count } }

  /// A text without tokens has a row, too.
  private static func cost(_ text: Encoding) -> Int { max(1, text.ids.count) }

  static func cost(_ texts: [Encoding]) -> Int { texts.reduce(0) { $0 + cost($1) } }

  /// Takes a request's texts, one at least.
  /// - Returns: how many workers should wake up
  mutating func add(_ number: Int, _ job: Job) -> Int {
    var job = job
    job.waiting = job.texts.indices.sorted {
      (job.texts[$0].ids.count, $1) < (job.texts[$1].ids.count, $0)
    }
    jobs[number] = job
    // Whoever has had no turn yet is before those that have.
    turns.insert(number, at: turns.firstIndex { isStarted($0) } ?? turns.endIndex)
    waitingTokens += Self.cost(job.texts)
    let woken = min(idle, job.texts.count)
    idle -= woken
    return woken
  }

  /// Forgets a request; what is being computed for it is lost.
  mutating func remove(_ number: Int) -> Job? {
    guard let job = jobs.removeValue(forKey: number) else { return nil }
    waitingTokens -= job.waiting.reduce(0) { $0 + Self.cost(job.texts[$1]) }
    turns.removeAll { $0 == number }
    return job
  }

  /// What a worker should do next; `nil` is to wait.
  /// - Parameter workers: how many there are
  mutating func take(workers: Int, now: NIODeadline) -> Batch? {
    if let leftOut, let place = turns.firstIndex(of: leftOut) {
      turns.remove(at: place)
      turns.prepend(leftOut)
    }
    guard let first = turns.first, let lane = jobs[first]?.lane else {
      idle = min(workers, idle + 1)
      return nil
    }
    // Workers that have nothing to do share what waits.
    let free = max(1, workers - busy)
    let most = lane.model.options.batchTokens
    let share = min(most, max(lane.model.fewTokens, (waitingTokens + free - 1) / free))
    let longest = turns.first { isStarted($0) }
    var batch = Batch(lane: lane)
    var others: [Int] = []
    while batch.tokens < share, let number = turns.popFirst() {
      if jobs[number]?.lane.id == lane.id {
        if give(number, to: &batch, upTo: share, most, now) { others.append(number) }
      } else {
        others.append(number)
      }
    }
    // Those of other lanes keep their places; who has given goes behind them.
    let given = Set(batch.places.map(\.job))
    leftOut = longest.flatMap { given.contains($0) ? nil : $0 }
    turns = Deque(others.filter { !given.contains($0) } + turns + others.filter(given.contains))
    waitingTokens -= batch.tokens
    busy += 1
    batch.threads = turns.isEmpty ? max(1, workers - busy + 1) : 1
    return batch
  }

  private func isStarted(_ number: Int) -> Bool { jobs[number]?.started != nil }

  /// Moves texts of a request into a micro-batch.
  /// - Parameter most: tokens of several texts; a longer one goes alone, for the others would wait
  ///   for it
  /// - Returns: whether it has more
  private mutating func give(
    _ number: Int, to batch: inout Batch, upTo share: Int, _ most: Int, _ now: NIODeadline
  ) -> Bool {
    guard var job = jobs[number] else { return false }
    while batch.tokens < share, let index = job.waiting.last {
      let cost = Self.cost(job.texts[index])
      guard batch.texts.isEmpty || batch.tokens + cost <= most else { break }
      job.waiting.removeLast()
      job.started = job.started ?? now
      batch.texts.append(job.texts[index])
      batch.places.append((job: number, index: index))
      batch.tokens += cost
    }
    jobs[number] = job
    return !job.waiting.isEmpty
  }

  /// Whether nobody waits any more for what is made of a micro-batch.
  func isForNobody(_ batch: Batch) -> Bool {
    batch.places.allSatisfy { jobs[$0.job] == nil }
  }

  /// Counts a worker in once more for each further part of a micro-batch that is divided.
  mutating func divide(into parts: Int) { busy += parts - 1 }

  /// Takes what was made of a micro-batch.
  /// - Returns: the requests that are done
  mutating func finish(_ batch: Batch, _ made: [Made]) -> [Job] {
    busy -= 1
    var done: [Job] = []
    for (place, one) in zip(batch.places, made) {
      guard jobs[place.job] != nil else { continue }
      jobs[place.job]?.made[place.index] = one
      jobs[place.job]?.missing -= 1
      if jobs[place.job]?.missing == 0, let job = jobs.removeValue(forKey: place.job) {
        done.append(job)
      }
    }
    return done
  }

  /// Gives up requests that could not be computed.
  /// - Returns: those that still wait for it
  mutating func fail(_ batch: Batch) -> [Job] {
    busy -= 1
    return Set(batch.places.map(\.job)).compactMap { remove($0) }
  }

  /// Lets workers go once all is done.
  mutating func close() -> Int {
    isClosed = true
    defer { idle = 0 }
    return idle
  }
}

extension WorkQueue.Batch {
  /// The same texts, those of each request by themselves.
  var byRequest: [WorkQueue.Batch] {
    Dictionary(grouping: places.indices) { places[$0].job }.values.map { indices in
      var one = WorkQueue.Batch(lane: lane)
      one.texts = indices.map { texts[$0] }
      one.places = indices.map { places[$0] }
      (one.tokens, one.threads) = (WorkQueue.cost(one.texts), threads)
      return one
    }
  }
}

extension WorkQueue.Job {
  /// What it comes to, once nothing is missing.
  func outcome(now: NIODeadline) -> WorkQueue.Outcome {
    let started = started ?? now
    return WorkQueue.Outcome(
      made: made.compactMap { $0 }, queue: started - added, compute: now - started)
  }
}

import Embeddings
import NIOCore
import TestSupport
import Testing
import Tokenizers

@testable import Serving

/// Who gets a worker next, and with what.
@Suite struct WorkQueueTests {
  /// A lane whose micro-batches have 100 tokens.
  private static func lane(_ id: Int) throws -> Lane {
    let model = try TextModel(
      folder: Fixture.tinyBERT, options: .init(threads: 2, batchTokens: 100))
    return Lane(id: id, model: model, route: try model.route(), isWhole: false)
  }

  private func job(_ lengths: [Int], _ lane: Lane) -> WorkQueue.Job {
    WorkQueue.Job(
      lane: lane, texts: lengths.map { Encoding(ids: Array(repeating: 1, count: $0)) }, waiting: [],
      made: Array(repeating: nil, count: lengths.count), missing: lengths.count, added: .now(),
      started: nil, finish: { _ in })
  }

  private func take(_ queue: inout WorkQueue, workers: Int = 1) -> [(job: Int, index: Int)] {
    queue.take(workers: workers, now: .now())?.places ?? []
  }

  @Test func aSmallRequestWaitsForOneMicroBatchOfALargeOne() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job(Array(repeating: 10, count: 100), lane))
    let large = take(&queue).map(\.job)
    #expect(large == Array(repeating: 1, count: 10))
    _ = queue.add(2, job([10], lane))
    // The large one has had a turn; what the small one leaves of the next it fills.
    let next = take(&queue).map(\.job)
    #expect(next.contains(2))
    #expect(next.count { $0 == 1 } == 9)
  }

  @Test func aLargeRequestIsNotKeptOutByManySmallOnes() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job(Array(repeating: 10, count: 100), lane))
    _ = take(&queue)
    for number in 2..<42 { _ = queue.add(number, job([10], lane)) }
    let first = take(&queue).map(\.job)
    #expect(first == Array(2..<12))
    let second = take(&queue).map(\.job)
    #expect(second == Array(repeating: 1, count: 10))
    let third = take(&queue).map(\.job)
    #expect(third == Array(12..<22))
  }

  @Test func aShortTextIsNotTakenWithAVeryLongOne() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job([10], lane))
    _ = queue.add(2, job([8000, 8000], lane))
    _ = queue.add(3, job([20], lane))
    let first = take(&queue).map(\.job)
    #expect(first == [1, 3])
    // What was left out is next, however many have come since.
    _ = queue.add(4, job([10], lane))
    let second = take(&queue).map(\.job)
    #expect(second == [2])
    let third = take(&queue).map(\.job)
    #expect(third == [4])
    let fourth = take(&queue).map(\.job)
    #expect(fourth == [2])
    #expect(queue.waitingTokens == 0)
  }

  @Test func takesTheLongestTextsOfARequestFirst() throws {
    var queue = WorkQueue()
    _ = queue.add(1, job([5, 40, 7, 60], try Self.lane(1)))
    let taken1 = take(&queue).map(\.index)
    #expect(taken1 == [3, 1])
    let taken2 = take(&queue).map(\.index)
    #expect(taken2 == [2, 0])
    #expect(queue.waitingTokens == 0)
  }

  @Test func workersThatHaveNothingToDoShareWhatWaits() throws {
    var queue = WorkQueue()
    let taken3 = take(&queue, workers: 2)
    #expect(taken3.isEmpty)
    let taken4 = take(&queue, workers: 2)
    #expect(taken4.isEmpty)
    let woken = queue.add(1, job([40, 40, 40, 40], try Self.lane(1)))
    #expect(woken == 2)
    let taken5 = take(&queue, workers: 2)
    #expect(taken5.count == 2)
    let taken6 = take(&queue, workers: 2)
    #expect(taken6.count == 2)
  }

  @Test func fewTextsStayTogether() throws {
    var queue = WorkQueue()
    _ = queue.add(1, job([10, 10, 10, 10], try Self.lane(1)))
    let batch = queue.take(workers: 2, now: .now())
    #expect(batch?.texts.count == 4 && batch?.threads == 2)
  }

  @Test func aTextAloneGetsAllThreads() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job([10], lane))
    let alone = queue.take(workers: 2, now: .now())
    #expect(alone?.threads == 2)
    _ = queue.add(2, job([10], lane))
    let beside = queue.take(workers: 2, now: .now())
    #expect(beside?.threads == 1)
  }

  @Test func textsOfDifferentLanesAreNeverTogether() throws {
    var queue = WorkQueue()
    let (one, two) = (try Self.lane(1), try Self.lane(2))
    _ = queue.add(1, job([10], one))
    _ = queue.add(2, job([10], two))
    _ = queue.add(3, job([10], one))
    let taken7 = take(&queue).map(\.job)
    #expect(taken7 == [1, 3])
    let taken8 = take(&queue).map(\.job)
    #expect(taken8 == [2])
  }

  @Test func whatIsRemovedIsNotTaken() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job([10, 10], lane))
    _ = queue.add(2, job([10], lane))
    let (removed, again) = (queue.remove(1), queue.remove(1))
    #expect(removed != nil)
    #expect(again == nil)
    #expect(queue.waitingTokens == 10)
    let taken9 = take(&queue).map(\.job)
    #expect(taken9 == [2])
  }

  @Test func aRequestIsDoneWithItsLastText() throws {
    var queue = WorkQueue()
    let lane = try Self.lane(1)
    _ = queue.add(1, job([100, 100], lane))
    guard let first = queue.take(workers: 1, now: .now()) else { return #expect(Bool(false)) }
    let early = queue.finish(first, first.texts.map { _ in .row([1]) })
    #expect(early.count == 0)
    guard let second = queue.take(workers: 1, now: .now()) else { return #expect(Bool(false)) }
    let done = queue.finish(second, second.texts.map { _ in .row([2]) })
    #expect(done.first?.outcome(now: .now()).made.count == 2)
    #expect(queue.isEmpty)
    #expect(!queue.isOver)
    _ = queue.close()
    #expect(queue.isOver)
  }
}

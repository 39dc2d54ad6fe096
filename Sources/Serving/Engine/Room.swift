import DequeModule
import Synchronization

/// Memory that requests take while they are answered, so many bytes at a time. Who comes when it is
/// taken waits, in turn; one alone may have as much as it needs.
final class Room: Sendable {
  /// What one has of it, given back once nobody holds it any more.
  final class Part: Sendable {
    private let room: Room
    private let bytes: Int

    fileprivate init(_ room: Room, _ bytes: Int) { (self.room, self.bytes) = (room, bytes) }

    deinit { room.giveBack(bytes) }
  }

  private struct Waiting {
    let number: Int
    let bytes: Int
    let continuation: CheckedContinuation<Part, any Error>
  }

  private struct State {
    var taken = 0
    var waiting: Deque<Waiting> = []
    /// Those that were called off before they could wait.
    var calledOff: Set<Int> = []
    var numbers = 0
  }

  /// Who has a part already does not wait for another: two of them could wait for each other.
  @TaskLocal static var isHeld = false

  /// So little is given at once, whatever others have, and is not counted.
  static let little = 64 << 10

  private let most: Int
  private let state = Mutex(State())

  init(_ most: Int) { self.most = most }

  /// Whether somebody waits.
  var isWaitedFor: Bool { state.withLock { !$0.waiting.isEmpty } }
  var taken: Int { state.withLock { $0.taken } }

  /// Waits until so many bytes may be taken.
  /// - Throws: a `CancellationError` where the task is called off
  func part(_ bytes: Int) async throws -> Part {
    guard bytes > Self.little else { return Part(self, 0) }
    let (isGiven, number) = state.withLock { state in
      state.numbers += 1
      let isGiven = Self.isHeld || state.waiting.isEmpty && fits(bytes, state)
      if isGiven { state.taken += bytes }
      return (isGiven, state.numbers)
    }
    if isGiven { return Part(self, bytes) }
    defer { _ = state.withLock { $0.calledOff.remove(number) } }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCalledOff = state.withLock { state in
          guard state.calledOff.remove(number) == nil else { return true }
          state.waiting.append(
            Waiting(number: number, bytes: bytes, continuation: continuation))
          return false
        }
        // What was there may have been given back meanwhile.
        if isCalledOff { continuation.resume(throwing: CancellationError()) } else { giveBack(0) }
      }
    } onCancel: {
      callOff(number)
    }
  }

  private func fits(_ bytes: Int, _ state: State) -> Bool {
    state.taken == 0 || bytes <= most - state.taken
  }

  private func callOff(_ number: Int) {
    let one: Waiting? = state.withLock { state in
      guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
        state.calledOff.insert(number)
        return nil
      }
      return state.waiting.remove(at: place)
    }
    one?.continuation.resume(throwing: CancellationError())
    // Those behind it may fit.
    giveBack(0)
  }

  private func giveBack(_ bytes: Int) {
    let next: [Waiting] = state.withLock { state in
      state.taken -= bytes
      var next: [Waiting] = []
      while let one = state.waiting.first, fits(one.bytes, state) {
        state.taken += one.bytes
        next.append(state.waiting.removeFirst())
      }
      return next
    }
    for one in next { one.continuation.resume(returning: Part(self, one.bytes)) }
  }
}

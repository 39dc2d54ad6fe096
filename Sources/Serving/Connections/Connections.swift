import NIOCore
import Synchronization

/// All connections of the server, and what they hold together. Everything happens on the event loop.
final class Connections {
  let executor: LoopExecutor
  private let service: Service
  private let loop: any EventLoop
  private let most: Int
  private var all: [ObjectIdentifier: Connection] = [:]
  private var dates = HTTPDate()
  private var isSweeping = false
  /// Bytes of bodies and of requests that wait, and of answers that are not read yet.
  private(set) var bodies = 0
  private(set) var answers = 0
  /// Bodies that wait for room, and the one that is read although there is none: without it all
  /// could wait for each other.
  private(set) var paused: [Connection] = []
  private weak var first: Connection?
  /// Whether each answer is its connection's last.
  private(set) var isDraining = false
  private var whenEmpty: (() -> Void)?

  init(_ service: Service, on loop: any EventLoop, most: Int) {
    (self.service, self.loop, self.most) = (service, loop, most)
    executor = LoopExecutor(loop)
  }

  /// For the header of an answer.
  func date() -> String { dates.now() }

  /// Takes a new connection. Where there are too many, the one that has been idle for longest makes
  /// room; where none is, the new one will be told so.
  /// - Returns: `false` where not even that can be done
  func add(_ connection: Connection) -> Bool {
    if all.count >= most {
      all.values.filter { $0.phase == .idle }.min { $0.since < $1.since }?.close()
    }
    guard all.count < most + Limits.refused else { return false }
    connection.isTooMany = all.count >= most
    all[ObjectIdentifier(connection)] = connection
    service.metrics.connections.add(1, ordering: .relaxed)
    sweepLater()
    return true
  }

  /// Forgets a connection that has ended.
  func remove(_ connection: Connection) {
    guard all.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
    service.metrics.connections.subtract(1, ordering: .relaxed)
  }

  private func sweepLater() {
    guard !isSweeping, isDraining ? whenEmpty != nil : !all.isEmpty else { return }
    isSweeping = true
    let pause = isDraining ? Limits.lastSweep : Limits.sweep
    loop.assumeIsolated().scheduleTask(in: pause) { [weak self] in self?.sweep() }
  }

  /// Looks what takes too long.
  private func sweep() {
    isSweeping = false
    let now = NIODeadline.now()
    for connection in all.values { connection.check(now) }
    if service.answers.isWaitedFor { closeStill { service.answers.isWaitedFor } }
    if isDraining, !all.values.contains(where: \.isBusy) { closeAll() }
    sweepLater()
  }
}

/// The end.
extension Connections {
  /// Closes idle connections, and the others once what was read of them is answered.
  /// - Parameter whenEmpty: called once there are none
  func drain(_ whenEmpty: @escaping () -> Void) {
    self.whenEmpty = whenEmpty
    loop.assumeIsolated().scheduleTask(in: Limits.lastCall) {
      self.isDraining = true
      for connection in self.all.values where [.idle, .head].contains(connection.phase) {
        connection.close()
      }
      self.sweep()
    }
  }

  /// How many requests are under way.
  var underWay: Int { all.values.count { $0.phase == .working || $0.phase == .writing } }

  /// Gives up what is under way.
  func closeAll() {
    for connection in all.values { connection.close() }
    whenEmpty?()
    whenEmpty = nil
  }
}

/// What they hold.
extension Connections {
  /// Counts bytes of a body. Small ones are always let come.
  /// - Returns: whether more of it may
  func mayRead(_ count: Int, for connection: Connection) -> Bool {
    bodies += count
    connection.counted.body += count
    if connection.counted.body <= Limits.smallBody || bodies <= service.options.mostBodies {
      return true
    }
    if first == nil { first = connection }
    if first === connection { return true }
    if !paused.contains(where: { $0 === connection }) { paused.append(connection) }
    return false
  }

  /// Counts bytes of requests that have to wait for an answer.
  /// - Returns: whether there is room
  func count(waiting count: Int, for connection: Connection) -> Bool {
    bodies += count
    connection.counted.waiting += count
    return connection.counted.waiting <= Limits.smallBody || bodies <= service.options.mostBodies
  }

  /// The requests that waited are being taken.
  func uncountWaiting(_ connection: Connection) {
    bodies -= connection.counted.waiting
    connection.counted.waiting = 0
  }

  /// The body is not needed any more.
  func uncountBody(_ connection: Connection) {
    bodies -= connection.counted.body
    connection.counted.body = 0
    if first === connection { first = nil }
    guard !paused.isEmpty else { return }
    paused.removeAll { $0 === connection }
    // Not here: whoever goes on comes back to these counts.
    loop.assumeIsolated().execute { [weak self] in self?.resumePaused() }
  }

  private func resumePaused() {
    while let connection = paused.first, bodies < service.options.mostBodies || first == nil {
      paused.removeFirst()
      if bodies >= service.options.mostBodies { first = connection }
      connection.resume()
    }
  }

  /// Counts bytes of an answer that were made, or have left. Where too many wait, the clients that
  /// have read nothing for longest lose their connections; where all read, those that wait for
  /// most.
  func count(unsent count: Int, for connection: Connection) {
    answers += count
    connection.counted.unsent += count
    let most = service.options.mostAnswers
    guard count > 0, answers > most else { return }
    closeStill { answers > most }
    guard answers > most else { return }
    let writing = all.values.filter { $0.phase == .writing }
    // One alone may have as much as it needs.
    for other in writing.sorted(by: {
      ($0.counted.unsent, $1.since) > ($1.counted.unsent, $0.since)
    })
    where answers > max(most, other.counted.unsent) {
      other.close()
    }
  }

  /// Closes those whose clients have read nothing for long, as long as more room is needed.
  private func closeStill(while isNeeded: () -> Bool) {
    let now = NIODeadline.now()
    let still = all.values.filter { $0.phase == .writing && now - $0.since > Limits.standstill }
    for other in still.sorted(by: { $0.since < $1.since }) where isNeeded() { other.close() }
  }

  func uncountUnsent(_ connection: Connection) {
    answers -= connection.counted.unsent
    connection.counted.unsent = 0
  }
}

import NIOCore
import NIOHTTP1

/// One client's connection: requests come, and their answers go in the same order, one at a time.
/// All of it happens on the event loop.
///
/// What is read while a request is under way waits in `events`, and then no more is read.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    /// Nothing has come since the last answer, or since the connection began.
    case idle
    /// The beginning of a head has come.
    case head
    /// The head is read, the body comes.
    case body
    /// The request is whole, its answer is being made.
    case working
    /// The answer is on its way.
    case writing
    /// It has left; the rest of a body that was not wanted comes.
    case dropping
    /// All is said. What still comes is not looked at: closing at once would tell the client's
    /// system to throw away what it has not read yet.
    case lingering
    case closed
  }

  private enum Event {
    case part(HTTPServerRequestPart)
    case error(any Error)
  }

  let service: Service
  let gate: Gate
  let connections: Connections
  var context: ChannelHandlerContext?
  private(set) var phase = Phase.idle
  /// When the phase began, or something came of it last.
  private(set) var since = NIODeadline.now()
  /// What is read, or answered.
  var incoming: IncomingRequest?
  /// Whether more of that request's body comes.
  var isReceiving = false
  /// Whether anything was ever answered here.
  var hasAnswered = false
  /// Whether the client sends nothing more. It may have left, or only be done with asking.
  var isInputClosed = false
  /// Whether its body has to wait until others are through.
  var isPaused = false
  /// What is being sent.
  var answer: Answer?
  /// The request whose answer is being made, and how often that was done before.
  var task: Task<Void, Never>?
  var number = 0
  /// When the client is asked next whether it is still there, and after how long once more.
  var presence: (next: NIODeadline, pause: TimeAmount)?
  /// Bytes that are counted among those of all connections.
  var counted = (body: 0, waiting: 0, unsent: 0)
  /// Bytes that came after all was said.
  private var lingering = 0
  /// The client's address.
  private(set) var peer = "-"
  /// Whether there are so many connections that this one is only told so.
  var isTooMany = false

  private var events: CircularBuffer<Event> = []
  private var isDelivering = false
  private var isReadWanted = false

  init(_ service: Service, _ gate: Gate, _ connections: Connections) {
    (self.service, self.gate, self.connections) = (service, gate, connections)
  }

  /// Whether what comes has to wait for an answer.
  private var isHeld: Bool { (phase == .working || phase == .writing) && !isReceiving }

  /// Whether a request is under way that must not be lost.
  var isBusy: Bool {
    switch phase {
    case .idle, .head, .body, .dropping, .closed: false
    case .working, .writing, .lingering: true
    }
  }

  func enter(_ phase: Phase) {
    self.phase = phase
    note()
  }

  /// Something came of the phase.
  func note() { since = .now() }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    // Of a channel that never came to be.
    leave()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    peer = context.remoteAddress?.ipAddress ?? "-"
    context.fireChannelActive()
    if isTooMany {
      refuse(
        Problem(
          .overloaded, status: 503,
          "there are too many connections (the server's --max-connections)",
          headers: [(name: "retry-after", value: "1")], closes: true))
    }
  }

  /// Called for bytes before they are parsed.
  /// - Returns: whether they are to be
  func takes(bytes count: Int) -> Bool {
    switch phase {
    case .idle: enter(.head)
    case .lingering:
      lingering += count
      if lingering > Limits.lingeringBytes { close() }
      return false
    case .closed: return false
    case .working, .writing:
      // The next requests: what a client sends before it ends its side is read whatever we do.
      guard !isHeld || connections.count(waiting: count, for: self) else {
        close()
        return false
      }
    case .head, .body, .dropping: break
    }
    return true
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    events.append(.part(Self.unwrapInboundIn(data)))
    deliver()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    events.append(.error(error))
    deliver()
  }

  func read(context: ChannelHandlerContext) {
    // As long as nothing has come that must wait, reading on costs nothing, but stopping does.
    let hasMore = !events.isEmpty || counted.waiting > Limits.smallBody
    if isPaused || isHeld && hasMore { isReadWanted = true } else { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .some(.inputClosed) = event as? ChannelEvent {
      isInputClosed = true
      presence = (next: .now() + Limits.presence, pause: Limits.presence)
      deliver()
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  /// Takes what has come, as long as nothing has to wait for an answer. Answers may be sent meanwhile,
  /// which calls this again: what comes after them is taken here, not deeper and deeper.
  func deliver() {
    guard !isDelivering else { return }
    isDelivering = true
    while phase != .closed, !isHeld, let event = events.popFirst() {
      switch event {
      case .part(let part): take(part)
      case .error(let error): fail(error)
      }
    }
    isDelivering = false
    if events.isEmpty, counted.waiting > 0 { connections.uncountWaiting(self) }
    if isInputClosed, events.isEmpty, !isHeld, phase != .writing { return close() }
    if isReadWanted, !isHeld, !isPaused {
      isReadWanted = false
      context?.read()
    }
  }

  private func take(_ part: HTTPServerRequestPart) {
    guard phase != .lingering else { return }
    switch part {
    case .head(let head): begin(head)
    case .body(let bytes): if phase == .body { receive(bytes) }
    case .end:
      isReceiving = false
      if phase == .body { work() } else if phase == .dropping { rest() }
    }
  }

  /// Between two requests.
  func rest() {
    forget()
    enter(.idle)
    if connections.isDraining { close() }
  }

  /// Ends the connection at once, whatever is under way.
  func close() {
    guard phase != .closed else { return }
    leave()
    context?.close(promise: nil)
  }

  private func leave() {
    guard phase != .closed else { return }
    if phase == .working, let incoming {
      service.recordDropped(
        request: incoming.request, endpoint: incoming.endpoint?.path,
        duration: .now() - incoming.arrived, peer: peer)
    }
    enter(.closed)
    task?.cancel()
    task = nil
    events.removeAll()
    forget()
    connections.uncountWaiting(self)
    connections.remove(self)
  }

  /// The request and its answer are things of the past.
  func forget() {
    (incoming, answer) = (nil, nil)
    connections.uncountBody(self)
    connections.uncountUnsent(self)
  }
}

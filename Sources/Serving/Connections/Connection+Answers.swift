import NIOCore

/// From an answer to its last byte.
extension Connection {
  /// Begins to send an answer, counts it, and tells the log.
  func send(_ response: Response) {
    guard phase != .closed else { return }
    let request = incoming
    let isLast = connections.isDraining || request?.keepsConnection != true || response.closes
    let id = request?.id ?? IncomingRequest.randomID()
    let answer = Answer(
      response, to: request, id: id, closes: isLast, date: connections.date(),
      extra: request.map(gate.headers) ?? [])
    service.record(
      request: request?.request, endpoint: request?.endpoint?.path, response: response,
      duration: .now() - (request?.arrived ?? .now()),
      peer: peer)
    incoming?.forgetBody()
    connections.uncountBody(self)
    hasAnswered = true
    enter(.writing)
    self.answer = answer
    // Where too much waits this one may be closed for it.
    connections.count(unsent: answer.unsent, for: self)
    sendNext()
  }

  /// Hands over a part of the answer; what follows waits until it has left.
  private func sendNext() {
    guard let context, let bytes = answer?.next(context.channel.allocator) else { return }
    let written = context.eventLoop.makePromise(of: Void.self)
    let count = bytes.readableBytes
    written.futureResult.assumeIsolated().whenComplete { [weak self] result in
      self?.sent(count, result)
    }
    context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: written)
  }

  private func sent(_ count: Int, _ result: Result<Void, any Error>) {
    guard phase == .writing, let answer else { return }
    guard case .success = result else { return close() }
    note()
    connections.count(unsent: -count, for: self)
    if answer.unsent > 0 { return sendNext() }
    self.answer = nil
    if answer.closes { linger() } else if isReceiving { enter(.dropping) } else { rest() }
    deliver()
  }

  /// Sends nothing more, and waits until the client has done the same.
  func linger() {
    guard let context, !isInputClosed else { return close() }
    forget()
    enter(.lingering)
    context.close(mode: .output, promise: nil)
    // What was waiting to be read is let come, and is dropped.
    deliver()
  }

  /// Says that the request may come, or that we are still at it.
  var interim: String { "HTTP/1.1 100 Continue\r\n\r\n" }

  func write(_ text: String) {
    guard let context else { return }
    context.writeAndFlush(
      Self.wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
  }
}

import NIOCore

/// What takes too long.
extension Connection {
  /// Called a few times a second: no task has to be made, or called off, for each request.
  func check(_ now: NIODeadline) {
    let (options, elapsed) = (service.options, now - since)
    switch phase {
    case .idle:
      let limit = hasAnswered ? options.idleTimeout : options.headerTimeout
      if elapsed > .of(limit) { close() }
    case .head:
      if elapsed > .of(options.headerTimeout) {
        refuse(Self.slow("the head", options.headerTimeout, "--header-timeout"))
      }
    case .body: checkBody(now)
    case .working:
      if elapsed > .of(options.timeout) {
        return cancel(
          Problem(
            .unavailable, status: 503,
            "the answer took longer than \(options.timeout) s (the server's --timeout)"))
      }
      askWhetherPresent(now)
    case .writing: if elapsed > .of(options.writeTimeout) { close() }
    case .dropping: if elapsed > .of(options.bodyTimeout) { close() }
    case .lingering: if elapsed > Limits.lingering { close() }
    case .closed: break
    }
  }

  private func checkBody(_ now: NIODeadline) {
    let options = service.options
    if isPaused {
      guard now - since > .of(options.timeout) else { return }
      return refuse(
        Problem(
          .overloaded, status: 503, "there is no room for the body: other large ones are read",
          headers: [(name: "retry-after", value: "1")], closes: true))
    }
    let received = Double(incoming?.body.count ?? 0)
    let limit = max(options.bodyTimeout, received / Double(Limits.slowestBody))
    if now - since > .of(limit) {
      refuse(Self.slow("the body", options.bodyTimeout, "--body-timeout"))
    }
  }

  private static func slow(_ what: String, _ seconds: Double, _ option: String) -> Problem {
    Problem(
      .validation, status: 408,
      "\(what) took longer than \(seconds) s (the server's \(option))", closes: true)
  }

  /// A client that has closed its socket looks as one that has only ended its side, until something
  /// is sent: its system then says that nobody is there. An interim answer is something that may be
  /// sent at any time before the real one (RFC 9110, 15.2).
  private func askWhetherPresent(_ now: NIODeadline) {
    guard let (next, pause) = presence, now > next, let incoming,
      incoming.isHTTP11
    else { return }
    presence = (next: now + pause + pause, pause: pause + pause)
    write(interim)
  }
}

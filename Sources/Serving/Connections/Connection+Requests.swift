import NIOCore
import NIOHTTP1
import NIOSSL

/// From a head to a request that is worked on.
extension Connection {
  func begin(_ head: HTTPRequestHead) {
    isReceiving = true
    var request = IncomingRequest(head, arrived: .now())
    // Before the gate, whose refusals have the form of the endpoint, too.
    request.endpoint = service.routes.known(method: head.method.rawValue, path: request.path)
    incoming = request
    enter(.body)
    do {
      switch try gate.pass(request) {
      case .answer(let response): refuse(response)
      case .endpoint: if request.expectsContinue { write(interim) }
      }
    } catch {
      refuse(error)
    }
  }

  func receive(_ bytes: ByteBuffer) {
    guard let received = incoming?.body.count else { return }
    let most = service.options.mostBody
    guard bytes.readableBytes <= most - received else {
      return refuse(Problem.tooLarge(nil, most: most))
    }
    incoming?.append(bytes)
    isPaused = !connections.mayRead(bytes.readableBytes, for: self)
  }

  /// Its body may come on.
  func resume() {
    guard isPaused else { return }
    isPaused = false
    // What it waited is not counted against the client.
    note()
    deliver()
  }

  /// Has the answer made, on another thread; probes do not wait for one.
  func work() {
    guard let request = incoming?.request, let loop = context?.eventLoop else { return }
    enter(.working)
    isPaused = false
    number += 1
    let (number, service, connection) = (number, service, NIOLoopBound(self, eventLoop: loop))
    let executor = incoming?.endpoint?.isProbe == true ? connections.executor : nil
    task = Task(executorPreference: executor) {
      let response = await service.respond(to: request)
      loop.execute { connection.value.answered(number, response) }
    }
  }

  private func answered(_ number: Int, _ response: Response) {
    // It may be too late: the client has left, or was told so.
    guard phase == .working, number == self.number else { return }
    task = nil
    send(response)
  }

  /// Gives up what is being made.
  func cancel(_ problem: Problem) {
    task?.cancel()
    task = nil
    refuse(problem)
  }

  func refuse(_ error: any Error) {
    let path = incoming?.path ?? "/"
    let dialect = incoming?.endpoint?.dialect ?? service.routes.dialect(path: path)
    refuse(dialect.response(service.problem(error)))
  }

  /// Answers although the body was not read. What is left of a small one is dropped, so that the
  /// connection stays; otherwise it ends.
  private func refuse(_ response: Response) {
    var response = response
    if isReceiving, let request = incoming, request.hasBody {
      let isSmall = request.length.map { $0 <= Limits.droppedBody } ?? false
      if !isSmall || request.expectsContinue { response.closes = true }
    }
    // What was read is not needed any more, so others may come on.
    connections.uncountBody(self)
    isPaused = false
    send(response)
  }

  /// Something is wrong with what comes, or with the connection.
  func fail(_ error: any Error) {
    switch error {
    // What comes after an error of the parser, and a client that left without a word of TLS: what it
    // asked for may still be read.
    case is ByteToMessageDecoderError, NIOSSLError.uncleanShutdown: return
    case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection:
      if phase == .writing { answer?.closes = true } else { close() }
    case let error as HTTPParserError: refuse(Self.problem(error), in: phase)
    default: close()
    }
    isReceiving = false
  }

  private func refuse(_ problem: Problem, in phase: Phase) {
    isReceiving = false
    switch phase {
    case .idle, .head:
      incoming = nil
      refuse(problem)
    case .body: refuse(problem)
    // The rest of a body that nobody wanted: all is said.
    case .writing: answer?.closes = true
    case .dropping: linger()
    case .working, .lingering, .closed: break
    }
  }

  private static func problem(_ error: HTTPParserError) -> Problem {
    switch error {
    case .headerOverflow:
      Problem(
        .tooLarge, status: 431,
        "the head is too large: at most 100 fields, 8 KiB each and 64 KiB in all", closes: true)
    case .invalidVersion:
      .malformed("the version should be HTTP/1.1 or HTTP/1.0", status: 505)
    case .unexpectedContentLength: .malformed("the length of the body is said twice")
    case .invalidContentLength: .malformed("content-length should be a number")
    case .invalidChunkSize: .malformed("the length of a chunk should be a hexadecimal number")
    case .invalidMethod: .malformed("this is not HTTP, or a method that is not known")
    default: .malformed("the request is not HTTP/1.1 as it should be")
    }
  }
}

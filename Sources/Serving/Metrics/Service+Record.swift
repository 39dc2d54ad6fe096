import Glibc
import Machine
import NIOCore
import Synchronization

extension Service {
  /// Counts a request and tells the log of it, once its answer is on the way. Takes a few
  /// microseconds and never waits: the event loop may call it.
  /// - Parameters:
  ///   - request: `nil` where what came was none, as a head that could not be read
  ///   - endpoint: its path in the table of endpoints
  ///   - duration: from the head until now
  ///   - peer: the client's address, without its port
  func record(
    request: Request?, endpoint: String?, response: Response, duration: TimeAmount, peer: String
  ) {
    metrics.answered(
      CountedAnswer(
        method: request?.method ?? "-", endpoint: endpoint, status: response.status,
        bytes: response.body.count, failure: response.failure, work: response.work,
        duration: duration))
    guard !log.isOff else { return }
    log.add(
      LogEntry(
        request, endpoint: endpoint, response, duration: duration, peer: peer, time: .now))
  }

  /// Counts a request that its client did not wait for, as one with the status that nginx gives it.
  func recordDropped(
    request: Request, endpoint: String?, duration: TimeAmount, peer: String
  ) {
    var response = Response(status: 499, type: "text/plain", body: [])
    response.failure = .unavailable
    record(
      request: request, endpoint: endpoint, response: response, duration: duration, peer: peer)
  }

  /// What `/metrics` answers.
  var metricsText: [UInt8] {
    let gauge = MetricsText.Gauge.init
    let connections = metrics.connections.load(ordering: .relaxed)
    var gauges = [
      gauge("te_queue_size", "Texts that wait", Double(engine.waitingTexts), nil),
      gauge("embed_queue_tokens", "Their tokens", Double(engine.waitingTokens), nil),
      gauge("embed_cache_bytes", "Bytes of kept vectors", Double(engine.cache.bytes), nil),
      gauge("embed_connections", "Connections that are open", Double(connections), nil),
      gauge("embed_ready", "Whether requests are taken", isReady ? 1 : 0, nil),
      gauge("embed_build_info", "The program's version", 1, ("version", options.version)),
    ]
    if let resident = Self.residentBytes {
      gauges.append(
        gauge("embed_process_resident_memory_bytes", "Resident bytes", Double(resident), nil))
    }
    return metrics.text(gauges)
  }

  /// `nil` where /proc is not to be read.
  private static var residentBytes: Int? {
    let pages = kernelText("/proc/self/statm")?.split(separator: " ").dropFirst().first
    return pages.flatMap { Int($0) }.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }
}

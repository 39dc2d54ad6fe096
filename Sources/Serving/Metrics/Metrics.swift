import Synchronization

/// What was asked and done since the start: the numbers of `/metrics`, and of nothing else. Their
/// number is fixed by the table of endpoints, whatever clients send.
final class Metrics: Sendable {
  /// Connections that are open; whoever opens or closes one says so here.
  let connections = Atomic<Int>(0)
  private let counts: Mutex<MetricCounts>

  init(endpoints: [Endpoint]) {
    counts = Mutex(MetricCounts(endpoints: endpoints.map(\.path)))
  }

  /// Counts an answer once it is on its way.
  func answered(_ answer: CountedAnswer) { counts.withLock { $0.add(answer) } }

  /// Counts a micro-batch when a worker has computed it.
  func batch(texts: Int, tokens: Int) {
    counts.withLock { $0.addBatch(texts: texts, tokens: tokens) }
  }

  /// Counts the texts of a request whose vectors were kept, and those that had to be computed.
  func cache(hits: Int, misses: Int) {
    counts.withLock { $0.addCache(hits: hits, misses: misses) }
  }

  /// All of them, in Prometheus' text format 0.0.4.
  func text(_ gauges: [MetricsText.Gauge]) -> [UInt8] {
    let counts = counts.withLock { $0 }
    var text = MetricsText()
    text.append(counts)
    for gauge in gauges { text.append(gauge) }
    return text.bytes
  }
}

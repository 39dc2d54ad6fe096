/// Metrics as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats,
/// text, version 0.0.4.
struct MetricsText {
  /// A number that goes up and down.
  struct Gauge: Sendable {
    let name: String
    let help: String
    var value: Double
    var label: (name: String, value: String)?
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var bytes: [UInt8] = []

  mutating func append(_ counts: MetricCounts) {
    appendRequests(counts)
    appendTexts(counts)
    append(
      counts.requestDurations, "te_request", "requests, from their heads to their answers")
    append(counts.embedDurations, "te_embed", "embedded texts, each as long as its request")
    append(counts.predictDurations, "te_predict", "scored texts or pairs, each as its request")
    append(
      counts.inputLength, "te_request_input_length",
      "Tokens of a text; of several in a request their mean")
    append(counts.batchSize, "te_batch_next_size", "Texts of a micro-batch")
    append(counts.batchTokens, "te_batch_next_tokens", "Tokens of a micro-batch")
  }

  private mutating func appendRequests(_ counts: MetricCounts) {
    head("embed_requests_total", "counter", "Answers, by endpoint and class of status")
    for (row, endpoint) in counts.endpoints.enumerated() {
      for (column, status) in MetricCounts.classes.enumerated() {
        let count = counts.requests[row * MetricCounts.classes.count + column]
        line("embed_requests_total", [("endpoint", endpoint), ("status", status)], "\(count)")
      }
    }
    let methods = [("single", counts.single), ("batch", counts.batch)]
    head("te_request_count", "counter", "Requests for vectors or scores, by one text or several")
    for (name, outcomes) in methods {
      line("te_request_count", [("method", name)], "\(outcomes.count)")
    }
    head("te_request_success", "counter", "Those of them that were answered")
    for (name, outcomes) in methods {
      line("te_request_success", [("method", name)], "\(outcomes.success)")
    }
    head("te_request_failure", "counter", "Those that were not, by why")
    for (failure, count) in zip(RequestFailure.allCases, counts.failures) {
      line("te_request_failure", [("err", failure.rawValue)], "\(count)")
    }
  }

  private mutating func appendTexts(_ counts: MetricCounts) {
    counter("te_embed_count", "Texts to embed", counts.embed.count)
    counter("te_embed_success", "Texts embedded", counts.embed.success)
    counter("te_predict_count", "Texts or pairs to score", counts.predict.count)
    counter("te_predict_success", "Texts or pairs scored", counts.predict.success)
    counter("embed_texts_total", "Texts or pairs in answers", counts.texts)
    counter("embed_tokens_total", "Their tokens, special ones included", counts.tokens)
    counter("embed_truncated_texts_total", "Those that lost tokens", counts.truncated)
    counter("embed_cache_hits_total", "Texts whose vectors were kept", counts.cacheHits)
    counter(
      "embed_cache_misses_total", "Texts whose vectors had to be computed, equal ones once",
      counts.cacheMisses)
    counter("embed_answer_bytes_total", "Bytes of answers, without heads", counts.bytes)
  }

  private mutating func append(_ durations: MetricCounts.Durations, _ name: String, _ of: String) {
    append(durations.whole, "\(name)_duration", "Seconds of \(of)")
    append(
      durations.tokenization, "\(name)_tokenization_duration", "Seconds of tokenizing of \(of)")
    append(durations.queue, "\(name)_queue_duration", "Seconds of waiting of \(of)")
    append(durations.inference, "\(name)_inference_duration", "Seconds in the model of \(of)")
  }

  mutating func append(_ gauge: Gauge) {
    head(gauge.name, "gauge", gauge.help)
    line(gauge.name, gauge.label.map { [($0.name, $0.value)] } ?? [], Self.decimal(gauge.value))
  }

  private mutating func counter(_ name: String, _ help: String, _ count: Int) {
    head(name, "counter", help)
    line(name, [], "\(count)")
  }

  private mutating func append(_ histogram: Histogram, _ name: String, _ help: String) {
    head(name, "histogram", help)
    var sum = 0
    for (bound, count) in zip(histogram.bounds, histogram.counts) {
      sum &+= count
      line("\(name)_bucket", [("le", Self.decimal(bound))], "\(sum)")
    }
    line("\(name)_bucket", [("le", "+Inf")], "\(histogram.total)")
    line("\(name)_sum", [], Self.decimal(histogram.sum))
    line("\(name)_count", [], "\(histogram.total)")
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    bytes += "# HELP \(name) \(help).\n# TYPE \(name) \(type)\n".utf8
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    bytes += name.utf8
    if !labels.isEmpty {
      let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
      bytes += "{\(pairs)}".utf8
    }
    bytes += " \(value)\n".utf8
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  /// Whole numbers without a point.
  private static func decimal(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

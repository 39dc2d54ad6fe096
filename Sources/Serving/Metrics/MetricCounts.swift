import NIOCore

/// An answer, as far as it is counted.
struct CountedAnswer: Sendable {
  var method: String
  /// The path in the table of endpoints, never that of the request: labels must not grow.
  var endpoint: String?
  var status: Int
  /// Of its body.
  var bytes: Int
  var failure: Problem.Kind?
  var work: Work
  /// From its head until now.
  var duration: TimeAmount
}

/// The numbers behind `/metrics`.
struct MetricCounts: Sendable {
  /// The parts of an answer's time.
  struct Durations: Sendable {
    var whole = Histogram.seconds
    var tokenization = Histogram.seconds
    var queue = Histogram.seconds
    var inference = Histogram.seconds

    mutating func add(_ answer: CountedAnswer, times: Int = 1) {
      whole.add(answer.duration.seconds, times: times)
      tokenization.add(answer.work.tokenize.seconds, times: times)
      queue.add(answer.work.queue.seconds, times: times)
      inference.add(answer.work.compute.seconds, times: times)
    }
  }

  /// Started and answered, by whether a request had one text or several.
  struct Outcomes: Sendable {
    var count = 0
    var success = 0
  }

  static let classes = ["2xx", "4xx", "5xx"]

  /// The labels of requests: an endpoint's path, `-` for what is none.
  let endpoints: [String]
  /// For each endpoint and class of status.
  private(set) var requests: [Int]
  private(set) var single = Outcomes()
  private(set) var batch = Outcomes()
  /// In the order of `RequestFailure`'s cases.
  private(set) var failures = Array(repeating: 0, count: RequestFailure.allCases.count)
  private(set) var embed = Outcomes()
  private(set) var predict = Outcomes()
  private(set) var requestDurations = Durations()
  private(set) var embedDurations = Durations()
  private(set) var predictDurations = Durations()
  private(set) var inputLength = Histogram.powers(upTo: 16)
  private(set) var batchSize = Histogram.powers(upTo: 12)
  private(set) var batchTokens = Histogram.powers(upTo: 16)
  private(set) var texts = 0
  private(set) var tokens = 0
  private(set) var truncated = 0
  private(set) var cacheHits = 0
  private(set) var cacheMisses = 0
  private(set) var bytes = 0
  private let places: [String: Int]

  init(endpoints: [String]) {
    self.endpoints = Set(endpoints).sorted() + ["-"]
    places = Dictionary(uniqueKeysWithValues: self.endpoints.enumerated().map { ($1, $0) })
    requests = Array(repeating: 0, count: self.endpoints.count * Self.classes.count)
  }

  mutating func add(_ answer: CountedAnswer) {
    // 1xx and 3xx are never sent.
    let column = answer.status < 400 ? 0 : answer.status < 500 ? 1 : 2
    let row = places[answer.endpoint ?? "-"] ?? endpoints.count - 1
    requests[row * Self.classes.count + column] += 1
    bytes &+= answer.bytes
    if let task = RequestTask(method: answer.method, endpoint: answer.endpoint) {
      add(answer, as: task)
    }
  }

  private mutating func add(_ answer: CountedAnswer, as task: RequestTask) {
    let (work, succeeded) = (answer.work, answer.status < 400)
    let failure = RequestFailure(answer.failure)
    guard succeeded || failure != nil else { return }
    let outcome = Outcomes(count: 1, success: succeeded ? 1 : 0)
    if work.texts > 1 { batch += outcome } else { single += outcome }
    if let failure, let index = RequestFailure.allCases.firstIndex(of: failure) {
      failures[index] += 1
    }
    let asked = Outcomes(count: max(work.texts, succeeded ? 0 : 1), success: work.texts)
    if task == .embed { embed += asked } else { predict += asked }
    guard succeeded else { return }
    add(work)
    requestDurations.add(answer)
    if task == .embed {
      embedDurations.add(answer, times: work.texts)
    } else {
      predictDurations.add(answer, times: work.texts)
    }
  }

  private mutating func add(_ work: Work) {
    texts &+= work.texts
    tokens &+= work.tokens
    truncated &+= work.cut.count
    if work.texts > 0 {
      inputLength.add(Double(work.tokens) / Double(work.texts), times: work.texts)
    }
  }

  /// Counts texts by whether their vectors were kept.
  mutating func addCache(hits: Int, misses: Int) {
    cacheHits &+= hits
    cacheMisses &+= misses
  }

  /// Counts a micro-batch.
  mutating func addBatch(texts: Int, tokens: Int) {
    batchSize.add(Double(texts))
    batchTokens.add(Double(tokens))
  }
}

extension MetricCounts.Outcomes {
  /// Adds others.
  static func += (one: inout Self, other: Self) {
    one.count &+= other.count
    one.success &+= other.success
  }
}

extension TimeAmount {
  /// As Prometheus counts time.
  var seconds: Double { Double(nanoseconds) / 1e9 }
}

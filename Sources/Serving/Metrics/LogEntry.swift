import ModelFiles
import NIOCore

/// What the log says of a request: nothing that it was about. Texts, keys and what stands behind a
/// question mark are never in it, and of paths only those in the table of endpoints.
struct LogEntry: Sendable {
  var time: LogTime
  var method: String
  /// The endpoint's path; `-` for what is none.
  var route: String
  var status: Int
  var duration: TimeAmount
  var work: Work
  /// Of the answer's body.
  var bytes: Int
  var id: String
  var peer: String
  var traceID: String?

  // Others are words of the client's choice.
  private static let methods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
  ]

  /// - Parameter request: `nil` where what came was none
  init(
    _ request: Request?, endpoint: String?, _ response: Response, duration: TimeAmount,
    peer: String, time: LogTime
  ) {
    let method = request?.method ?? "-"
    self.method = Self.methods.contains(method) ? method : "-"
    (self.time, self.duration, self.peer, route) = (time, duration, peer, endpoint ?? "-")
    (status, work, bytes) = (response.status, response.work, response.body.count)
    id = request?.id ?? "-"
    traceID = request?.header("traceparent").flatMap(TraceParent.init)?.traceID
  }

  /// A line for people.
  var text: [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(256)
    time.append(to: &line)
    line.append(UInt8(ascii: " "))
    line += method.utf8
    line.append(UInt8(ascii: " "))
    line += route.utf8
    line.append(UInt8(ascii: " "))
    line.append(digits: status)
    line.append(UInt8(ascii: " "))
    line.append(tenths: Int(duration.nanoseconds / 100_000))
    line += " ms".utf8
    let counts = [
      (work.texts, " texts"), (work.tokens, " tokens"), (work.cut.count, " cut"), (bytes, " bytes"),
    ]
    for (count, unit) in counts {
      line.append(UInt8(ascii: " "))
      line.append(digits: count)
      line += unit.utf8
    }
    line.append(name: " id=", id)
    line.append(name: " peer=", peer)
    if let traceID { line.append(name: " trace_id=", traceID) }
    return line
  }

  /// The same as a JSON object, with the names that OpenTelemetry and the Elastic Common Schema have
  /// for them.
  var json: [UInt8] {
    var fields: [(String, JSONValue)] = [
      ("@timestamp", .string(time.preciseText)),
      ("log.level", .string(status < 400 ? "info" : status < 500 ? "warn" : "error")),
      ("message", .string("\(method) \(route) \(status)")),
      ("http.request.method", .string(method)), ("http.route", .string(route)),
      ("http.response.status_code", .int(status)),
      // Nanoseconds, as that schema counts.
      ("event.duration", .int(Int(duration.nanoseconds))),
      ("http.response.body.bytes", .int(bytes)), ("http.request.id", .string(id)),
      ("client.address", .string(peer)),
    ]
    if let traceID { fields.append(("trace_id", .string(traceID))) }
    if work.texts > 0 { fields += workFields }
    return JSONValue.object(fields).bytes
  }

  private var workFields: [(String, JSONValue)] {
    [
      ("gen_ai.operation.name", "embeddings"),
      ("gen_ai.request.model", .optional(work.model) { .string($0) }),
      ("gen_ai.usage.input_tokens", .int(work.tokens)), ("embed.texts", .int(work.texts)),
      ("embed.cut", .int(work.cut.count)), ("embed.cached", .int(work.cached)),
      ("embed.tokenize.duration", .int(Int(work.tokenize.nanoseconds))),
      ("embed.queue.duration", .int(Int(work.queue.nanoseconds))),
      ("embed.compute.duration", .int(Int(work.compute.nanoseconds))),
    ]
  }
}

extension [UInt8] {
  /// `12.3`, of 123.
  fileprivate mutating func append(tenths number: Int) {
    append(digits: number / 10)
    append(UInt8(ascii: "."))
    append(digits: number % 10)
  }

  /// Appends a name and its value: as it is where nobody could take it for more than one word of the
  /// line, else in quotes.
  fileprivate mutating func append(name: String, _ value: String) {
    self += name.utf8
    let isWord = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    if isWord && !value.isEmpty { self += value.utf8 } else { appendJSON(string: value) }
  }
}

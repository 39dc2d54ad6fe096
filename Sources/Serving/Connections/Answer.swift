import NIOCore
import NIOHTTP1

/// An answer on its way: its head, and what is left of its body.
struct Answer {
  private let head: [UInt8]
  private let body: [UInt8]
  /// The memory that it takes, as it is counted.
  private let rooms: [Room.Part]
  /// Bytes that were handed over.
  private var sent = 0
  /// Whether the connection ends after it.
  var closes: Bool

  /// - Parameters:
  ///   - request: `nil` where none could be read
  ///   - extra: headers beside those of the response
  init(
    _ response: Response, to request: IncomingRequest?, id: String, closes: Bool, date: String,
    extra: [(name: String, value: String)]
  ) {
    (self.closes, rooms) = (closes, response.work.rooms)
    let isHead = request?.head.method == .HEAD
    body = isHead || response.status == 204 ? [] : response.body
    let status = HTTPResponseStatus(statusCode: response.status)
    var head = Head("HTTP/1.1 \(status.code) \(status.reasonPhrase)")
    for (name, value) in response.headers + extra { head.add(name, value) }
    if response.status != 204 { head.add("content-length", "\(response.body.count)") }
    head.add("date", date)
    head.add("x-request-id", id)
    head.add("server-timing", response.work.timings)
    if !response.work.cut.isEmpty { head.add("x-embed-truncated", response.work.cutTexts) }
    if closes {
      head.add("connection", "close")
    } else if let request, !request.isHTTP11 {
      head.add("connection", "keep-alive")
    }
    self.head = head.bytes + [0x0D, 0x0A]
  }

  /// Bytes that have not been handed over yet.
  var unsent: Int { head.count + body.count - sent }

  /// The next bytes, all of them where they are few.
  mutating func next(_ allocator: ByteBufferAllocator) -> ByteBuffer {
    let start = sent
    let count = min(unsent, head.count + Limits.slice)
    sent += count
    var bytes = allocator.buffer(capacity: count)
    if start < head.count { bytes.writeBytes(head) }
    let (first, last) = (max(0, start - head.count), sent - head.count)
    body.withUnsafeBytes {
      _ = bytes.writeBytes(UnsafeRawBufferPointer(rebasing: $0[first..<last]))
    }
    return bytes
  }

  /// Lines of a head.
  private struct Head {
    private(set) var bytes: [UInt8]

    init(_ first: String) {
      bytes = Array(first.utf8) + [0x0D, 0x0A]
      bytes.reserveCapacity(512)
    }

    /// What came from a client may be in a value: no byte of it may end the line.
    mutating func add(_ name: String, _ value: String) {
      bytes.append(contentsOf: name.utf8)
      bytes.append(0x3A)
      bytes.append(0x20)
      for byte in value.utf8 { bytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
      bytes.append(0x0D)
      bytes.append(0x0A)
    }
  }
}

extension Work {
  /// For the header `server-timing`: milliseconds, as browsers' tools show them.
  fileprivate var timings: String {
    [("tokenize", tokenize), ("queue", queue), ("compute", compute)]
      .map { "\($0);dur=\($1.milliseconds)" }.joined(separator: ", ")
  }

  /// For the header `x-embed-truncated`. Clients bound the length of a line.
  fileprivate var cutTexts: String {
    let numbers = cut.prefix(Limits.namedTexts).map(String.init).joined(separator: ",")
    return cut.count > Limits.namedTexts ? numbers + ",..." : numbers
  }
}

extension TimeAmount {
  /// Two digits after the point.
  fileprivate var milliseconds: String {
    let hundredths = max(0, nanoseconds) / 10_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import Serving

/// Lines that were said, and a gate that the one who says them waits at.
private final class Said: Sendable {
  private let lines = Mutex<[String]>([])
  private let gate = Mutex(())

  func say(_ text: String) {
    gate.withLock { _ in }
    lines.withLock { $0 += text.split(separator: "\n").map(String.init) }
  }

  var all: [String] { lines.withLock { $0 } }

  func whileClosed(_ body: () -> Void) { gate.withLock { _ in body() } }
}

@Suite struct RequestLogTests {
  private let said = Said()

  private func log(
    _ format: ServeOptions.Log = .text, isQuiet: Bool = false
  ) -> RequestLog {
    var options = ServeOptions()
    (options.log, options.isQuiet) = (format, isQuiet)
    options.say = { [said] in said.say($0) }
    return RequestLog(options)
  }

  private func entry(_ status: Int, second: Int = 1, id: String = "1") -> LogEntry {
    let request = Request(
      method: "GET", path: "/live", query: "", headers: [:], body: [], id: id, arrived: .now())
    return LogEntry(
      request, endpoint: "/live", Response.text("", status: status), duration: .zero,
      peer: "-", time: LogTime(seconds: second))
  }

  @Test func linesComeInOrder() {
    let log = log()
    for id in 0..<500 { log.add(entry(200, id: "\(id)")) }
    log.finish()
    #expect(said.all.map { $0.split(separator: " ")[14] } == (0..<500).map { "id=\($0)" })
  }

  @Test func offIsOff() {
    let log = log(.off)
    log.add(entry(500))
    log.finish()
    #expect(said.all.isEmpty)
  }

  @Test func whatIsNoRequestIsSaidAllTheSame() {
    let log = log(.off)
    log.say("keys were read again")
    log.finish()
    #expect(said.all == ["keys were read again"])
  }

  @Test func quietTellsOfTheServersOwnErrors() {
    let log = log(isQuiet: true)
    for status in [200, 404, 500, 503] { log.add(entry(status)) }
    log.finish()
    #expect(said.all.count == 2)
  }

  @Test func failuresOfOneKindAreTenASecond() {
    let log = log()
    for _ in 0..<25 { log.add(entry(401)) }
    for _ in 0..<3 { log.add(entry(404)) }
    for _ in 0..<25 { log.add(entry(200)) }
    log.add(entry(200, second: 2))
    log.finish()
    #expect(said.all.count { $0.contains(" 401 0.0 ms") } == 10)
    #expect(said.all.count { $0.contains(" 404 ") } == 3)
    #expect(said.all.count { $0.contains(" 200 ") } == 26)
    #expect(
      said.all.contains(
        "1970-01-01T00:00:02Z 15 more requests were answered with 401 within a second"))
  }

  @Test func whatIsLeftOutIsSaidAtTheEndToo() {
    let log = log(.json)
    for _ in 0..<11 { log.add(entry(401)) }
    log.finish()
    #expect(said.all.last?.contains("1 more requests were answered with 401") == true)
    #expect(said.all.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }

  @Test func aReaderWhoDoesNotReadHoldsNobodyUp() {
    let writer = LogWriter { [said] in said.say($0) }
    let line = [UInt8](repeating: 0x61, count: 1000)
    said.whileClosed { for _ in 0..<5000 { writer.write(line) } }
    writer.finish()
    let all = said.all
    #expect(all.count > 1000 && all.count < 5000)
    #expect(
      all.count { $0.hasSuffix("lines of the log are left out: standard error is read too slowly") }
        == 1)
  }
}

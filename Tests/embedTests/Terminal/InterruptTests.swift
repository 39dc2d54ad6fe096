import Glibc
import Testing

@testable import embed

struct InterruptTests {
  @Test func aSignalEndsTheWaitAndKeepsTheRows() async {
    await #expect(processExitsWith: .success) {
      acceptSignals()
      Interrupt.install()
      let (readEnd, writeEnd) = makePipe()
      var reader = try RowReader(["/dev/fd/\(readEnd)"])
      send(Array("one\ntw".utf8), to: writeEnd)
      let before = try reader.window(upTo: 9, bytes: 99)
      precondition(before?.map(brief) == ["one"])
      // While the read waits, and on another thread than the one that does.
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          usleep(50_000)
          raise(SIGINT)
          return nil
        }, nil)
      for _ in 0..<2 {
        do {
          _ = try reader.window(upTo: 9, bytes: 99)
          preconditionFailure("there are rows")
        } catch is CancellationError {
          precondition(Interrupt.requested)
        }
      }
    }
  }

  @Test func theSecondSignalEndsTheProcessAtOnce() async {
    await #expect(processExitsWith: .exitCode(143)) {
      acceptSignals()
      Interrupt.install()
      raise(SIGINT)
      precondition(Interrupt.requested && Interrupt.exitCode == 130)
      raise(SIGTERM)
      Glibc.exit(0)
    }
  }

  @Test func whoDoesNotLookIsEndedSoon() async {
    await #expect(processExitsWith: .exitCode(130)) {
      acceptSignals()
      Interrupt.install()
      raise(SIGINT)
      while true {}
    }
  }

  @Test func aStepThatTakesLongIsWaitedFor() async {
    let result = await #expect(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      acceptSignals()
      Interrupt.install()
      Interrupt.allow(seconds: 600, saying: "a state is written\n")
      raise(SIGINT)
      // Longer than a command may take otherwise.
      usleep(300_000)
      Glibc.exit(Interrupt.exitCode == 130 ? 7 : 1)
    }
    #expect(
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?
        .hasSuffix("a state is written\n") == true)
  }

  @Test func theSecondSignalDoesNotWaitForIt() async {
    await #expect(processExitsWith: .exitCode(130)) {
      acceptSignals()
      Interrupt.install()
      Interrupt.allow(seconds: 600)
      raise(SIGTERM)
      raise(SIGINT)
      Glibc.exit(0)
    }
  }

  @Test func anIgnoredSignalStaysIgnored() async {
    await #expect(processExitsWith: .success) {
      acceptSignals()
      signal(SIGINT, SIG_IGN)
      Interrupt.install()
      raise(SIGINT)
      precondition(!Interrupt.requested)
    }
  }
}

/// Dispatch's threads, on which tests run, block all signals, and so would the threads they start.
private func acceptSignals() {
  var none = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, nil)
}

import Foundation
import Glibc
import TestSupport
import Testing

/// Every command ends soon where it is asked to, wherever it is.
@Suite struct InterruptedCommandTests {
  /// Commands that would run for long, over a file of many texts.
  static let commands: [[String]] = [
    ["encode", "TEXTS"], ["encode", "TEXTS", "--output", "OUT.npy"],
    ["search", "--corpus", "TEXTS", "cat"], ["mine", "TEXTS"],
    ["cluster", "--kmeans", "50", "TEXTS"],
    ["plot", "TEXTS", "--output", "OUT.svg"], ["bench", "TEXTS", "--rounds", "100000"],
    ["reduce", "--texts", "TEXTS", "--dimensions", "8", "--output", "OUT"],
    ["evaluate", "sts", "PAIRS"], ["tokenize", "TEXTS"],
  ]

  @Test(arguments: commands, [SIGINT, SIGTERM])
  func itEndsWithTheSignalsCode(_ command: [String], _ signal: Int32) throws {
    let folder = try ScratchFolder()
    let texts = try folder.write("texts.txt", (0..<400_000).map { "cat \($0)\n" }.joined())
    let pairs = try folder.write(
      "pairs.tsv", (0..<200_000).map { "a \($0)\tb \($0)\t1\n" }.joined())
    let words = command.map {
      $0.replacing("TEXTS", with: texts).replacing("PAIRS", with: pairs)
        .replacing("OUT", with: folder.file("out"))
    }
    var run = try embedCommand(words + ["-m", Models.tiny])
    run.output = .file("/dev/null")
    let running = try run.started()
    usleep(300_000)
    running.signal(signal)
    let start = ContinuousClock.now
    let result = running.finished()
    #expect(result.ending == .exited(128 + signal), "\(words): \(result.stderr)")
    // What is kept is said of files that a run may go on with.
    let part = folder.file("out.npy.part")
    let kept =
      #/embed: interrupted: [\d,]+ rows? (is|are) kept in (.+); the same command with --resume .+\n/#
    if let said = result.stderr.wholeMatch(of: kept) {
      #expect(words.contains("--output") && said.output.2 == part)
    } else {
      #expect(result.stderr.isEmpty, "\(result.stderr)")
    }
    // 200 ms, and room for a machine that runs many tests at once.
    #expect(start.duration(to: .now) < .seconds(10))
    #expect(
      try folder.names.allSatisfy { $0 != "out" && !$0.hasSuffix(".npy") && !$0.hasSuffix(".svg") })
  }
}

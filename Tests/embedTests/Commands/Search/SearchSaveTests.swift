import Foundation
import Glibc
import TestSupport
import Testing

/// `search --save` when it is ended in its middle, and what lies beside files that are not its own.
@Suite struct SearchSaveTests {
  private let folder: ScratchFolder
  /// As many texts in both, so that only what is in them tells the vectors apart.
  private static let (old, new) = (corpus("cat"), corpus("river"))

  init() throws {
    folder = try ScratchFolder()
    try folder.write("old.txt", Self.old)
    try folder.write("new.txt", Self.new)
  }

  private static func corpus(_ word: String) -> String {
    (0..<3000).map { "the \(word) \($0 % 977)\n" }.joined()
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func search(_ arguments: String...) throws -> RunCommand {
    try embedCommand(["search", "-m", Models.tiny] + arguments + ["a cat by the river"])
  }

  private func save(_ texts: String, to name: String) throws -> [String] {
    let result = try search("--corpus", path(texts), "--save", path(name))()
    expectRows(result, 1)
    return result.lines
  }

  /// Expects that the vectors give these hits, or are refused for what is said.
  private func expectWhole(_ hits: [String: [String]], mayBeRefused: Bool) throws {
    for (texts, lines) in hits {
      let result = try search("--corpus", path(texts), "--vectors", path("x.npy"))()
      if result.ending == .exited(0) {
        #expect(result.lines == lines)
      } else {
        let remedy =
          "make the vectors again with embed search --corpus FILE --save \(path("x.npy"))"
        let missing = "\(path("x.npy.json")) is missing, the record of what made \(path("x.npy"))"
        // The hashes are of texts at random.
        let others =
          #/made with other texts: 3000 of hash \w{16}, the corpus has 3000 of hash \w{16}/#
        let reason = result.stderr.firstMatch(of: others)?.output
        expectFailure(
          result, message: (reason.map { "\(path("x.npy")) was \($0)" } ?? missing) + "; \(remedy)")
        #expect(mayBeRefused || reason != nil, "\(result.stderr)")
      }
    }
  }

  /// What is seen of a run that saves, from its beginning to its end.
  enum Moment: CaseIterable {
    case start, part, someBytes, allBytes, noRecord, named
  }

  private func wait(for moment: Moment, _ old: stat) {
    var found = stat()
    let end = Date() + 10
    // A run that was too quick to be caught ends the wait.
    while Date() < end, stat(path("x.npy"), &found) == 0, found.st_ino == old.st_ino {
      let isThere =
        switch moment {
        case .start: true
        case .part: access(path("x.npy.part"), F_OK) == 0
        case .someBytes: stat(path("x.npy.part"), &found) == 0 && found.st_size > 0
        case .allBytes: stat(path("x.npy.part"), &found) == 0 && found.st_size >= old.st_size
        case .noRecord: access(path("x.npy.json"), F_OK) != 0
        case .named: false
        }
      if isThere { return }
      sched_yield()
    }
  }

  @Test(.serialized, arguments: Moment.allCases)
  func aKilledSaveIsNeverTakenForWhole(_ moment: Moment) throws {
    let hits = [
      "old.txt": try save("old.txt", to: "x.npy"), "new.txt": try save("new.txt", to: "n.npy"),
    ]
    var old = stat()
    #expect(stat(path("x.npy"), &old) == 0)
    let whole = [try folder.bytes("x.npy"), try folder.bytes("n.npy")]
    let running = try search("--corpus", path("new.txt"), "--save", path("x.npy")).started()
    wait(for: moment, old)
    running.signal(SIGKILL)
    _ = running.finished()
    // Either of the two, and never a part of one.
    #expect(whole.contains(try folder.bytes("x.npy")))
    try expectWhole(hits, mayBeRefused: !folder.names.contains("x.npy.json"))
    // What was left behind is in nobody's way.
    #expect(try save("new.txt", to: "x.npy") == hits["new.txt"])
    #expect(try folder.bytes("x.npy") == whole[1])
    #expect(
      try folder.names
        == ["n.npy", "n.npy.json", "new.txt", "old.txt", "x.npy", "x.npy.json"])
    try expectWhole(["new.txt": hits["new.txt"] ?? []], mayBeRefused: false)
  }

  @Test func vectorsWhoseRecordCouldNotBeWrittenAreRefused() throws {
    _ = try save("old.txt", to: "x.npy")
    // Nothing can be written where a folder is: the run ends between the two files.
    try folder.write("x.npy.json.part/a", "")
    expectFailure(
      try search("--corpus", path("new.txt"), "--save", path("x.npy"))(),
      message: "\(folder.path)/x.npy.json.part: cannot create: Is a directory; move or remove "
        + "what has this name")
    for texts in ["old.txt", "new.txt"] {
      expectFailure(
        try search("--corpus", path(texts), "--vectors", path("x.npy"))(),
        message: "\(folder.path)/x.npy.json is missing, the record of what made "
          + "\(folder.path)/x.npy; make the vectors again with embed search --corpus FILE "
          + "--save \(folder.path)/x.npy")
    }
  }

  @Test func aSaveWithoutSpaceLeavesTheOlderOne() throws {
    let hits = try save("old.txt", to: "x.npy")
    let command = try search("--corpus", path("new.txt"), "--save", path("x.npy"))
    let limited = RunCommand(
      "/bin/sh", ["-c", "ulimit -f 4; exec \"$@\"", "sh", command.executable] + command.arguments,
      environment: command.environment)
    expectFailure(
      try limited(),
      message: "\(folder.path)/x.npy: cannot write: File too large; raise the limit on a file's "
        + "size (ulimit -f); what was written so far is in \(folder.path)/x.npy.part")
    try expectWhole(["old.txt": hits], mayBeRefused: false)
    // The part says that it has all rows, and has not.
    expectFailure(
      try embed("search", "--vectors", path("x.npy.part"), "--queries", path("x.npy")),
      message: "\(folder.path)/x.npy.part is cut off: 3000 × 32 numbers of 4 bytes do not take "
        + "the 1920 bytes after its header; make it again")
  }

  @Test func othersVectorsOfTheSameShapeAreRefused() throws {
    _ = try save("old.txt", to: "x.npy")
    // Put by another program into the place of what the record tells of.
    let result = try embed(
      "encode", "-m", Models.tiny, "--prompt-name", "document", "--quiet", path("new.txt"),
      "--output", path("y.npy"))
    expectRows(result, 0)
    try folder.write("x.npy", folder.bytes("y.npy"))
    for texts in ["old.txt", "new.txt"] {
      expectFailure(
        try search("--corpus", path(texts), "--vectors", path("x.npy"))(),
        message: "\(folder.path)/x.npy has other vectors than those that "
          + "\(folder.path)/x.npy.json records; make the vectors again with embed search "
          + "--corpus FILE --save \(folder.path)/x.npy")
    }
    // The same vectors again are the same, whenever they were written.
    let again = try embed(
      "encode", "-m", Models.tiny, "--prompt-name", "document", "--quiet", path("old.txt"),
      "--output", path("x.npy"))
    expectRows(again, 0)
    expectRows(try search("--corpus", path("old.txt"), "--vectors", path("x.npy"))(), 1)
  }

  @Test func noTextsReplaceNoVectors() throws {
    let hits = try save("old.txt", to: "x.npy")
    let none = try folder.write("none.txt", "")
    expectFailure(
      try search("--corpus", none, "--save", path("x.npy"))(),
      message: "\(folder.path)/none.txt has no rows to search in; give texts")
    try expectWhole(["old.txt": hits], mayBeRefused: false)
  }

  @Test func oneFilesRecordIsNotAnothers() throws {
    _ = try save("old.txt", to: "x.npy")
    _ = try save("new.txt", to: "n.npy")
    try folder.write("x.npy.json", try folder.bytes("n.npy.json"))
    expectFailure(
      try search("--corpus", path("new.txt"), "--vectors", path("x.npy"))(),
      message: "\(folder.path)/x.npy has other vectors than those that "
        + "\(folder.path)/x.npy.json records; make the vectors again with embed search --corpus "
        + "FILE --save \(folder.path)/x.npy")
  }
}

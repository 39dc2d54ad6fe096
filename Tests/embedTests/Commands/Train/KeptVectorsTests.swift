import ModelFiles
import Tensors
import TestSupport
import Testing
import Vectors

@testable import embed

/// Vectors that are made once for a run.
@Suite struct KeptVectorsTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func run() throws -> TrainFolder {
    try #require(
      try TrainFolder(
        scratch.file("out"), resumes: true, replaces: false, Messages(isQuiet: true)))
  }

  private struct Stop: Error {}

  /// Makes rows that say their numbers; the ranges that were made.
  private func rows(
    of content: String, in run: TrainFolder, stoppingAt end: Int = .max
  ) throws -> (Tensor?, [Range<Int>]) {
    var made: [Range<Int>] = []
    let kept = KeptVectors(folder: run.folder, messages: Messages(isQuiet: true))
    let rows = try? kept.rows(9000, width: 2, "teacher", of: content) { range in
      guard range.lowerBound < end else { throw Stop() }
      made.append(range)
      return Tensor([range.count, 2], range.flatMap { [Float($0), Float(-$0)] })
    }
    return (rows, made)
  }

  @Test func aRunGoesOnWhereOneWasEnded() throws {
    do {
      let (found, made) = try rows(of: "x", in: run(), stoppingAt: 8000)
      #expect(found == nil && made == [0..<4096, 4096..<8192])
    }
    // Half a row more, as a process leaves it that is killed.
    let state = scratch.file("out.part/state")
    #expect(try folderEntries(state) == ["teacher-x.made"])
    do {
      let file = try GrowingFile("\(state)/teacher-x.made")
      try file.cut(to: file.count)
      try [UInt8](repeating: 7, count: 11).withUnsafeBytes { try file.append($0) }
    }
    let run = try run()
    let (found, made) = try rows(of: "x", in: run)
    #expect(made == [8192..<9000])
    #expect(found?.elements == (0..<9000).flatMap { [Float($0), Float(-$0)] })
    #expect(try NumPyFile("\(state)/teacher-x.npy").matrix.rows == 9000)
    #expect(try rows(of: "x", in: run).1.isEmpty)
    // Of other texts, or another model's.
    #expect(try rows(of: "y", in: run).1.count == 3)
  }
}

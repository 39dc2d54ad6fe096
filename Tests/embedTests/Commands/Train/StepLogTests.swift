import Foundation
import ModelFiles
import TestSupport
import Testing
import Training

@testable import embed

@Suite struct StepLogTests {
  private func step(_ number: Int) -> TrainingLog.Step {
    TrainingLog.Step(
      step: number, epoch: 0.1, loss: 1, learningRate: 1e-5, gradNorm: 1, samples: 8, tokens: 80,
      seconds: 0.1)
  }

  private func write(_ path: String, _ steps: ClosedRange<Int>, continuing: Int? = nil) throws {
    var log = try StepLog(path, continuing: continuing)
    for number in steps {
      try log.append(step(number))
      if number == 2 { try log.append(TrainingLog.Evaluation(step: 2, results: [])) }
    }
    #expect(log.log.steps.map(\.step) == Array(1...steps.upperBound))
  }

  @Test func eachLineIsThereAtOnce() throws {
    let folder = try ScratchFolder()
    var log = try StepLog(folder.file("log"))
    for number in 1...3 {
      try log.append(step(number))
      #expect(try folder.text("log").split(separator: "\n").count == number)
    }
  }

  @Test func aRunThatGoesOnDropsLaterLines() throws {
    let folder = try ScratchFolder()
    try write(folder.file("whole"), 1...5)
    try write(folder.file("log"), 1...4)
    try folder.write("log", folder.text("log") + "{\"step\":5,\"epo")
    try write(folder.file("log"), 3...5, continuing: 2)
    #expect(try folder.text("log") == folder.text("whole"))
    // From its beginning.
    try write(folder.file("log"), 1...5, continuing: 0)
    #expect(try folder.text("log") == folder.text("whole"))
  }

  @Test func aNewRunWritesOverALogOnly() throws {
    let folder = try ScratchFolder()
    try write(folder.file("log"), 1...5)
    try write(folder.file("log"), 1...1)
    #expect(try folder.text("log").split(separator: "\n").count == 1)
    let data = try folder.write("pairs.csv", "anchor,positive\na,b\n")
    let error = #expect(throws: FileError.self) { try self.write(data, 1...1) }
    #expect(error?.description.contains("is no log") ?? false)
    #expect(try folder.text("pairs.csv") == "anchor,positive\na,b\n")
  }

  @Test func aFolderThatIsMissingIsSaid() throws {
    let folder = try ScratchFolder()
    #expect(throws: FileError.self) { try self.write(folder.file("a/log"), 1...1) }
    try write("/dev/null", 1...2)
  }
}

import Foundation
import TestSupport
import Testing

/// `embed mine`.
@Suite struct MineTests {
  private func mine(_ arguments: String..., input: String) throws -> CommandResult {
    try embedCommand(["mine", "-m", Models.tiny, "--no-prompt"] + arguments)(Array(input.utf8))
  }

  private func rows(_ line: String) throws -> [Int] {
    let pair = try object(line)
    return try ["a", "b"].map { try #require((pair[$0] as? [String: Any])?["row"] as? Int) }
  }

  @Test func everyPairComesOnceByFallingScore() throws {
    let texts = Array(variedTexts(30).filter { !$0.isEmpty }.prefix(20))
    let result = try mine("--quiet", input: texts.map { $0 + "\n" }.joined())
    expectRows(result, 190)
    #expect(try Set(result.lines.map(rows)).count == 190)
    let scores = try result.lines.map { try #require(try object($0)["score"] as? Double) }
    #expect(scores == scores.sorted(by: >))
    let first = try object(result.lines[0])
    let pair = try rows(result.lines[0])
    for (key, row) in zip(["a", "b"], pair) {
      #expect((first[key] as? [String: Any])?["text"] as? String == texts[row])
    }
    let same = try embed(
      "similarity", "-m", Models.tiny, "--no-prompt", texts[pair[0]], texts[pair[1]])
    #expect(Double(same.lines[0]) == scores[0])
  }

  @Test func duplicatesAreTheClosest() throws {
    let result = try mine("--top", "3", input: "a cat\nthe river\na cat\na cat\n")
    expectRows(result, 3)
    #expect(try result.lines.map(rows) == [[0, 2], [0, 3], [2, 3]])
    #expect(try mine("--threshold", "0.999", input: "a cat\nthe river\na cat\n").lines.count == 1)
  }

  @Test(arguments: ["", "a cat\n"]) func fewerThanTwoTextsHaveNoPairs(input: String) throws {
    expectRows(try mine(input: input), 0)
  }

  @Test func aRowThatCannotBeReadEndsTheRun() throws {
    let result = try mine("--input", "jsonl", input: "{\"text\":\"a\"}\n{\"text\":1}\n")
    expectFailure(result, message: "stdin, line 2: `text` is 1, should be a string")
  }

  @Test(arguments: [["--top", "0"], ["--neighbours", "0"], ["--threshold", "x"]])
  func wrongUsageIsSaid(arguments: [String]) throws {
    #expect(try embedCommand(["mine"] + arguments)().ending == .exited(64))
  }
}

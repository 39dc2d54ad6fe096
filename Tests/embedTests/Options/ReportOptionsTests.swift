import TestSupport
import Testing

/// Thresholds of commands that compare vectors.
@Suite struct ReportOptionsTests {
  private func embed(_ arguments: [String], input: String = "") throws -> CommandResult {
    try embedCommand(arguments, environment: ["EMBED_MODEL": Models.tiny])(Array(input.utf8))
  }

  private static let cosine = "should be at most 1; no cosine is above it"
  private static let distance = "should be above 0 and at most 2, as cosine distances are"

  @Test(
    arguments: [
      (["mine", "--threshold", "1.5"], "--threshold is 1.5, \(cosine)"),
      (["mine", "--threshold", "90"], "--threshold is 90.0, \(cosine)"),
      (["mine", "--threshold", "nan"], "--threshold must be a number"),
      (["mine", "--metric", "dot", "--threshold", "inf"], "--threshold must be a number"),
      (
        ["mine", "--metric", "euclidean", "--threshold", "0.5"],
        "--threshold is 0.5, should be at most 0; distances are negated: -0.5 is for texts no further "
          + "apart than 0.5"
      ),
      (["cluster", "--communities", "--threshold", "1.01"], "--threshold is 1.01, \(cosine)"),
      (["cluster", "--agglomerative", "--threshold", "0"], "--threshold is 0.0, \(distance)"),
      (["cluster", "--agglomerative", "--threshold", "-1"], "--threshold is -1.0, \(distance)"),
      (["cluster", "--agglomerative", "--threshold", "2.5"], "--threshold is 2.5, \(distance)"),
      (["search", "--corpus", "-", "a", "--threshold", "2"], "--threshold is 2.0, \(cosine)"),
      (
        ["search", "--corpus", "-", "a", "--metric", "cosine", "--threshold", "2"],
        "--threshold is 2.0, \(cosine)"
      ),
      (
        ["search", "--vectors", "a.npy", "--queries", "b.npy", "--threshold", "2"],
        "--threshold is 2.0, \(cosine)"
      ),
    ] as [([String], String)])
  func aThresholdThatNothingReachesIsRefused(_ arguments: [String], _ message: String) throws {
    let result = try embed(arguments, input: "a\nb\n")
    #expect(result.ending == .exited(64) && result.stdout.isEmpty, "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
  }

  @Test(
    arguments: [
      ["mine", "--threshold", "1"], ["mine", "--metric", "dot", "--threshold", "1.5"],
      ["mine", "--metric", "manhattan", "--threshold", "-0.5"], ["mine", "--threshold=-1"],
      ["cluster", "--communities", "--threshold", "-1", "--quiet"],
      ["cluster", "--agglomerative", "--threshold", "2", "--quiet"],
      ["search", "--corpus", "-", "a cat", "--metric", "dot", "--threshold", "1.5"],
    ])
  func othersAreTaken(_ arguments: [String]) throws {
    let result = try embed(arguments, input: "a cat\nthe river\n")
    #expect(result.ending == .exited(0) && result.stderr.isEmpty, "\(result.stderr)")
  }

  @Test func onlyHitsThatReachItArePrinted() throws {
    let corpus = "a cat\nthe river\nand then the fox\n"
    func hits(_ options: String...) throws -> [[String: Any]] {
      let result = try embed(["search", "--corpus", "-", "a cat"] + options, input: corpus)
      expectRows(result, 1)
      return try #require(try object(result.text)["hits"] as? [[String: Any]])
    }
    let scores = try hits().compactMap { $0["score"] as? Double }
    #expect(scores.count == 3)
    #expect(try hits("--threshold", "\(scores[1])").count == 2)
    #expect(try hits("--threshold", "-1e-9", "--metric", "manhattan").isEmpty)
    #expect(try hits("--threshold", "-1", "--top", "1").count == 1)
  }
}

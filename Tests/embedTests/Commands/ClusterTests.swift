import Foundation
import TestSupport
import Testing

/// `embed cluster`.
@Suite struct ClusterTests {
  private static let rows = Fixture.path("vectors/rows.npy")

  private func cluster(_ arguments: String..., input: String = "") throws -> CommandResult {
    try embedCommand(["cluster", "-m", Models.tiny] + arguments)(Array(input.utf8))
  }

  private func labels(_ result: CommandResult) throws -> [Int?] {
    try result.lines.map { try object($0)["cluster"] as? Int }
  }

  /// What scikit-learn and sentence-transformers found (scripts/fixture_writers/vectors.py).
  private func recorded() throws -> [String: Any] {
    try object(
      String(
        decoding: ScratchFolder.bytes(of: Fixture.path("vectors/clusters.json")), as: UTF8.self))
  }

  @Test func textsComeWithTheirClusters() throws {
    let result = try cluster("--kmeans", "2", input: "a cat\na cat\nthe river\n")
    #expect(result.ending == .exited(0))
    #expect(result.lines[0] == "{\"row\":0,\"text\":\"a cat\",\"cluster\":0}")
    #expect(try labels(result) == [0, 0, 1])
    #expect(result.stderr == "embed: 2 clusters of 1 to 2 rows\n")
  }

  @Test func vectorsNeedNoModel() throws {
    let result = try embed(
      "cluster", "--agglomerative", "--count", "7", "--vectors", Self.rows, "--quiet",
      environment: ["EMBED_MODEL": "/nowhere"])
    expectRows(result, 120)
    let found = try labels(result).compactMap { $0 }
    let joined = try #require(try recorded()["agglomerative"] as? [String: [Int]])
    // The same rows are together, whatever the names.
    let expected = try #require(joined["count"])
    #expect(Set(zip(found, expected).map { [$0, $1] }).count == 7 && Set(found).count == 7)
  }

  @Test func communitiesLeaveRowsOut() throws {
    let result = try cluster(
      "--communities", "--threshold", "0.85", "--smallest", "4", "--vectors", Self.rows)
    let found = try labels(result)
    let expected = try #require(try recorded()["closer"] as? [[Int]])
    for (number, rows) in expected.enumerated() {
      #expect(Set(found.indices.filter { found[$0] == number }) == Set(rows))
    }
    #expect(found.contains(nil) && result.stderr.contains("in none"))
  }

  @Test func centersCanBeGiven() throws {
    let folder = try ScratchFolder()
    let near = try #require((try recorded()["kmeans"] as? [String: [String: Any]])?["near"])
    let start = try #require(near["start"] as? [Double]).map { Float($0) }
    let expected = try #require(near["labels"] as? [Int])
    let file = try folder.write("start.npy", npy(start, columns: 16))
    let result = try cluster("--kmeans", "5", "--init", file, "--vectors", Self.rows)
    #expect(try labels(result) == expected)
    expectFailure(
      try cluster("--kmeans", "4", "--init", file, "--vectors", Self.rows),
      message: "\(folder.path)/start.npy is 5 × 16, should be 4 × 16: a row for each cluster")
  }

  @Test func aSeedIsRepeatable() throws {
    let runs = try ["1", "1", "2"].map {
      try labels(cluster("--kmeans", "9", "--seed", $0, "--vectors", Self.rows))
    }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
  }

  @Test func vectorsThatAreNoneAreRefused() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.npy", npy([1, 2, .nan, 4], columns: 2))
    expectFailure(
      try cluster("--kmeans", "1", "--vectors", file),
      message: "\(folder.path)/a.npy: row 1, counted from 0, has a number that is not finite, "
        + "or larger than 1e15; vectors of text are not, make it again")
    expectFailure(
      try cluster("--kmeans", "1", "--vectors", Fixture.path("vectors/forms/cube.npy")),
      message: "\(Models.root)/Tests/Fixtures/vectors/forms/cube.npy: the array's shape is (1, "
        + "3, 4), should be (rows, dimensions)")
    expectFailure(
      try cluster("--kmeans", "3", input: "a\n"),
      message: "--kmeans is 3, should be at most 1, the number of rows")
  }

  @Test(arguments: [
    ["--kmeans", "2"], ["--agglomerative", "--count", "1"],
    ["--communities", "--threshold", "0.5"], ["--kmeans", "2", "--init"],
  ])
  func vectorsTooLongToBeSquaredAreRefused(_ arguments: [String]) throws {
    // Equal rows, whose squared lengths are infinite: no distance of theirs means anything.
    let folder = try ScratchFolder()
    let long = try folder.write("long.npy", npy([3e38, 3e38, 3e38, 3e38], columns: 2))
    let short = try folder.write("short.npy", npy([3, 3, 3, 3], columns: 2))
    let files = arguments.last == "--init" ? [long, "--vectors", short] : ["--vectors", long]
    expectFailure(
      try embedCommand(["cluster"] + arguments + files)(),
      message: "\(folder.path)/long.npy: row 0, counted from 0, has a number that is not "
        + "finite, or larger than 1e15; vectors of text are not, make it again")
  }

  @Test func vectorsOfLengthZeroAndEqualOnesAreClustered() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.npy", npy([0, 0, 1, 1, 0, 0, 1, 1], columns: 2))
    #expect(try labels(cluster("--kmeans", "3", "--vectors", file)).count == 4)
    #expect(
      try labels(cluster("--agglomerative", "--threshold", "0.5", "--vectors", file))
        == [0, 1, 2, 1])
    #expect(
      try labels(
        cluster("--communities", "--threshold", "0.5", "--smallest", "1", "--vectors", file))
        == [nil, 0, nil, 0])
  }

  @Test func noTextsAreNoClusters() throws {
    let result = try cluster("--kmeans", "3", "--quiet")
    expectRows(result, 0)
  }

  @Test(arguments: [
    [], ["--kmeans", "0"], ["--kmeans", "2", "--communities", "--threshold", "1"],
    ["--agglomerative"], ["--agglomerative", "--threshold", "1", "--count", "2"],
    ["--communities"], ["--kmeans", "2", "--threshold", "1"], ["--kmeans", "2", "--count", "1"],
    ["--communities", "--threshold", "nan"], ["--kmeans", "1", "--vectors", "a", "--fields", "b"],
    ["--kmeans", "1", "--vectors", "a", "--where", "b=c"],
    ["--kmeans", "1", "--vectors", "a", "--prompt", "b"],
    ["--communities", "--threshold", "1", "--init", "a"],
  ])
  func wrongUsageIsSaid(arguments: [String]) throws {
    #expect(try embedCommand(["cluster"] + arguments)().ending == .exited(64))
  }
}

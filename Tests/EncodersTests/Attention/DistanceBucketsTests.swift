import ModelFiles
import Testing

@testable import Encoders

@Suite struct DistanceBucketsTests {
  private func buckets(_ farthest: Int, _ count: Int) throws -> DeBERTaBuckets {
    let config = try ModelConfig(JSON(Array("{}".utf8), name: "config.json"))
    return try DeBERTaBuckets(config, farthest: farthest, buckets: count)
  }

  /// The distances at which a number begins, up to 700, by make_log_bucket_position of transformers
  /// 5.23.0 with torch 2.15.0.
  @Test(arguments: [
    (8, 48, [0, 1, 2, 3, 4, 5, 10, 21]), (9, 33, [0, 1, 2, 3, 4, 5, 9, 17, 33]),
    (16, 512, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 27, 48, 87, 156, 283]),
  ])
  func numbersBeginWhereTheReferencesDo(count: Int, farthest: Int, starts: [Int]) throws {
    let number = try buckets(farthest, count)
    let found = (0..<700).map { number($0) }
    #expect(found.indices.filter { $0 == 0 || found[$0] != found[$0 - 1] } == starts)
    #expect(found.first == count && found.last == 2 * count - 1)
  }

  @Test(arguments: [
    (0, 256), (1, 257), (128, 384), (129, 385), (200, 425), (256, 448), (300, 463), (400, 489),
    (509, 511), (699, 511), (-1, 255), (-300, 49), (-600, 0),
  ])
  func numbersOfTheThirdVersion(distance: Int, number: Int) throws {
    #expect(try buckets(512, 256)(distance) == number)
  }

  @Test func withoutBucketsEachDistanceHasItsNumber() throws {
    let number = try buckets(24, 0)
    #expect([-30, -24, -1, 0, 23, 24].map { number($0) } == [0, 0, 23, 24, 47, 47])
  }

  @Test(arguments: [(512, 1), (5, 8), (4, 8), (1, 2)])
  func bucketsThatCannotBeAreRefused(farthest: Int, count: Int) throws {
    let error = try #require(throws: FileError.self) { try buckets(farthest, count) }
    #expect(
      error.description
        == "config.json: `position_buckets` is \(count), should be at least 2, and half of it below "
        + "the farthest distance, \(farthest - 1)")
  }
}

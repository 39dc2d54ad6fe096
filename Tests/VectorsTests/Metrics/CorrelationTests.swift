import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct CorrelationTests {
  @Test func theyAreThoseOfTheReference() throws {
    let recorded = try Recorded.json("correlations")
    let (x, y) = (try recorded.doubles("x"), try recorded.doubles("y"))
    #expect(Correlation.ranks(x) == (try recorded.doubles("ranks")))
    let pearson = try #require(Correlation.pearson(x, y))
    let spearman = try #require(Correlation.spearman(x, y))
    #expect(abs(pearson - (try recorded.double("pearson"))) < 1e-12)
    #expect(abs(spearman - (try recorded.double("spearman"))) < 1e-12)
  }

  @Test(arguments: [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3]), ([1, 2], [3, 3])])
  func whatDoesNotExistIsNil(x: [Double], y: [Double]) {
    #expect(Correlation.pearson(x, y) == nil)
    #expect(Correlation.spearman(x, y) == nil)
  }
}

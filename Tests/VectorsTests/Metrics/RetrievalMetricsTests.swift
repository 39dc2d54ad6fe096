import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct RetrievalMetricsTests {
  @Test func theyAreThoseOfTheReference() throws {
    let (recorded, rows) = (try Recorded.json("retrieval"), try Recorded.rows())
    // Documents in the order of their names, which decides among equal scores.
    let corpus = rows.picked(20..<120)
    let hits = try Search(corpus, by: .cosine, name: "", threads: 2)
      .nearest(to: rows.picked(0..<20), count: 100)
    let queries = try hits.indices.map { query in
      let relevant = try recorded.object("relevant").array("\(query)").elements.map {
        try $0.string()
      }
      return RankedHits(
        areRelevant: hits[query].map { hit in
          let name = "\(hit.row + 20)"
          return relevant.contains(String(repeating: "0", count: 3 - name.count) + name)
        }, relevant: relevant.count)
    }
    let metrics = try recorded.object("metrics")
    #expect(metrics.count == RetrievalMetric.allCases.reduce(0) { $0 + $1.standardDepths.count })
    for metric in RetrievalMetric.allCases {
      for depth in metric.standardDepths {
        let (found, expected) = (
          metric(queries, at: depth), try metrics.double("\(metric.rawValue)@\(depth)")
        )
        #expect(abs(found - expected) < 1e-12, "\(metric)@\(depth)")
      }
    }
  }
}

import Foundation
import TestSupport
import Testing

@testable import embed

/// `embed bench` with models of other kinds.
@Suite struct BenchKindsTests {
  private func bench(_ name: String, _ arguments: [String]) throws -> CommandResult {
    try embedCommand(
      ["bench", "-m", RecordedModel(name).path, "--rounds", "1", "--threads", "1"] + arguments)()
  }

  @Test(arguments: ["sp_bert", "sp_csr", "mv_bert", "mv_pooled"])
  func textsAreMeasured(_ name: String) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.txt", variedTexts(10).joined(separator: "\n"))
    let result = try bench(name, [file, "--precision", "f32,f32", "--json"])
    expectRows(result, 1)
    let report = try object(result.text)
    #expect(report["texts"] as? Int == 10)
    for row in try #require(report["results"] as? [[String: Any]]) {
      for figure in BenchCommandTests.figures {
        #expect((row[figure] as? NSNumber)?.doubleValue.isFinite == true, "\(figure)")
      }
      // The same precision twice: to the bit.
      #expect((row["largest_difference_from_f32"] as? NSNumber)?.doubleValue == 0)
    }
  }

  @Test func pairsAreMeasured() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.csv", "query,document\nthe cat,a mat\na river,\"home, by\"\n")
    let result = try bench("ce_bert", [file, "--json"])
    expectRows(result, 1)
    let report = try object(result.text)
    #expect(report["pairs"] as? Int == 2)
    let row = try #require((report["results"] as? [[String: Any]])?.first)
    for figure in ["first_score_seconds", "pairs_per_second", "tokens_per_second"] {
      #expect((row[figure] as? NSNumber)?.doubleValue ?? 0 > 0, "\(figure)")
    }
  }

  @Test func peopleReadOfPairs() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.jsonl", "{\"query\":\"the cat\",\"document\":\"a mat\"}\n")
    let result = try bench("ce_bert", [file])
    expectRows(result, 3)
    for word in ["1 pairs", "pairs/s", "first score ms"] { #expect(result.text.contains(word)) }
  }

  @Test func thereArePairsWithoutAFile() throws {
    let pairs = try BenchInputs(file: nil, arePairs: true)
    let texts = try BenchInputs(file: nil, arePairs: false)
    #expect(pairs.rows.map { $0[1] } == texts.rows.map { $0[0] })
    #expect(pairs.rows.allSatisfy { $0.count == 2 && !$0[0].isEmpty } && pairs.name == "pairs")
  }

  @Test func aFileWithoutPairsIsNamed() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.csv", "query,document\n")
    expectFailure(
      try bench("ce_bert", [file]),
      message: "\(file): no pairs to measure with; give at least one line")
  }
}

import TestSupport
import Testing
import Training

@testable import embed

/// Rows that are held out to evaluate on.
@Suite struct HeldOutTests {
  private func set(_ rows: [[String]]) -> TrainingSet {
    TrainingSet(
      name: "s",
      columns: rows[0].indices.map { column in
        .init(name: "c\(column)", texts: rows.map { Array($0[column].utf8) })
      }, labels: .none, place: { "row \($0)" })
  }

  @Test func noTextIsOnBothSides() throws {
    let rows = (0..<200).map { ["q\($0 % 60)", "a\($0)"] } + (0..<40).map { ["a\($0)", "z\($0)"] }
    let found = try HeldOut.rows(of: [set(rows)], share: 0.1, seed: 42)[0]
    #expect(found.held.count > 12 && found.held.count <= 24)
    #expect((found.held + found.trained).sorted() == Array(rows.indices))
    let held = Set(found.held.flatMap { rows[$0] })
    #expect(held.isDisjoint(with: found.trained.flatMap { rows[$0] }))
    #expect(try HeldOut.rows(of: [set(rows)], share: 0.1, seed: 42)[0].held == found.held)
    #expect(try HeldOut.rows(of: [set(rows)], share: 0.1, seed: 43)[0].held != found.held)
  }

  @Test func setsThatShareTextsAreHeldOutTogether() throws {
    let first = (0..<50).map { ["x\($0)", "y\($0)"] }
    let second = (0..<50).map { ["x\($0)", "u\($0)", "v\($0)"] }
    let found = try HeldOut.rows(of: [set(first), set(second)], share: 0.2, seed: 1)
    #expect(found[0].held == found[1].held && found[0].held.count == 10)
  }

  @Test func rowsThatAllShareATextCannotBeHeldOut() {
    #expect(
      thrown {
        _ = try HeldOut.rows(of: [set((0..<9).map { ["no", "a\($0)"] })], share: 0.2, seed: 1)
      }
        == "s: no 20 % of its 9 rows can be held out, as rows that share a text stay together; "
        + "evaluate "
        + "on a file: --evaluate FILE")
  }
}

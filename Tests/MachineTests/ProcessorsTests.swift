import Testing

@testable import Machine

@Suite struct ProcessorsTests {
  @Test func thereIsAtLeastOne() { #expect(Processors.allowed >= 1) }

  @Test(arguments: [
    ("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1), ("max 100000", nil),
    ("-1 100000", nil), ("", nil), ("1 0", nil),
  ])
  func aQuotaIsWholeProcessorsAndAtLeastOne(line: String, expected: Int?) {
    #expect(Processors.processors(line.split(separator: " ")) == expected)
  }
}

import Testing

@testable import ModelFiles

/// The name that was probably meant.
@Suite struct NearestNameTests {
  private static let commands = ["encode", "similarity", "search", "mine", "cluster", "tokenize"]

  @Test(arguments: [
    ("encod", "encode"), ("encdoe", "encode"), ("ENCODE", "encode"), ("tokenise", "tokenize"),
    ("sim", "similarity"), ("clusters", "cluster"), ("min", "mine"), ("serach", "search"),
    ("mime", "mine"),
  ])
  func aMistypedNameIsFound(word: String, name: String) {
    #expect(nearestName(to: word, among: Self.commands) == name)
  }

  @Test(arguments: ["frobnicate", "", "x", "se", "dedupe", "codeen"])
  func anotherWordIsNone(word: String) {
    #expect(nearestName(to: word, among: Self.commands) == nil)
  }

  @Test func letterCaseComesBeforeChanges() {
    #expect(nearestName(to: "ab", among: ["aB1", "abc", "AB"]) == "AB")
    #expect(nearestName(to: "a", among: []) == nil)
  }
}

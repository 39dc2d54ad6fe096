import Foundation
import FoundationXML
import TestSupport
import Testing

/// `embed plot` and `embed cluster --plot`.
@Suite struct PlotTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func plot(_ input: String) throws -> CommandResult {
    try embed(
      "plot", "-m", Models.tiny, "--output", "\(folder.path)/a.svg", "--quiet", input: input)
  }

  /// The texts of all elements of a name, and their attributes.
  private final class Elements: NSObject, XMLParserDelegate {
    var found: [(name: String, attributes: [String: String], text: String)] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { found.append((name, attributes, "")) }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      // Between elements there are line ends.
      if text != "\n" { found[found.count - 1].text += text }
    }
  }

  private func picture() throws -> Elements {
    let (elements, parser) = (Elements(), XMLParser(data: Data(try folder.bytes("a.svg"))))
    parser.delegate = elements
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return elements
  }

  @Test func everyTextHasADotAndATitle() throws {
    let texts = ["the cat", "a <b> & \"c\" ]]>", "\u{1}\u{7F} 猫 😀", "the river", ""]
    expectRows(try plot(texts.map { $0 + "\n" }.joined()), 0)
    let elements = try picture().found
    #expect(elements.count { $0.name == "circle" } == 5)
    let titles = elements.filter { $0.name == "title" }.map(\.text)
    #expect(titles == [texts[0], texts[1], "\u{FFFD}\u{FFFD} 猫 😀", texts[3], ""])
    for dot in elements where dot.name == "circle" {
      #expect((0...1200).contains(try #require(Double(dot.attributes["cx"] ?? ""))))
      #expect((0...900).contains(try #require(Double(dot.attributes["cy"] ?? ""))))
    }
    #expect(elements.contains { $0.name == "text" && $0.text == "the cat" })
  }

  @Test(arguments: ["a\na\n", "a cat\nthe river\n"]) func twoTextsAreEnough(input: String) throws {
    expectRows(try plot(input), 0)
    #expect(try picture().found.count { $0.name == "circle" } == 2)
  }

  @Test(arguments: ["", "a\n"]) func fewerAreRefused(input: String) throws {
    expectFailure(try plot(input), ["2 to 100000"])
    #expect(try folder.names == [])
  }

  @Test func clustersHaveColours() throws {
    let result = try embed(
      "cluster", "--kmeans", "3", "--vectors", Fixture.path("vectors/rows.npy"), "--quiet",
      "--plot",
      "\(folder.path)/a.svg")
    expectRows(result, 120)
    let dots = try picture().found.filter { $0.name == "circle" }
    let labels = try result.lines.map { try #require(try object($0)["cluster"] as? Int) }
    #expect(dots.count == 120)
    #expect(Set(zip(dots, labels).map { "\($0.attributes["fill"] ?? "") \($1)" }).count == 3)
  }

  @Test func aPictureNeedsAName() throws {
    #expect(try embed("plot", "-m", Models.tiny, input: "a\nb\n").ending == .exited(64))
  }
}

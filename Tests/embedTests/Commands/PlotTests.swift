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
    let count = input.isEmpty ? 0 : 1
    expectFailure(
      try plot(input), message: "a plot takes 2 to 100000 rows, found \(count); give more")
    #expect(try folder.names == [])
  }

  @Test func clustersHaveColours() throws {
    let result = try embed(
      "cluster", "--kmeans", "3", "--vectors", Fixture.path("vectors/rows.npy"), "--quiet",
      "--plot",
      "\(folder.path)/a.svg")
    expectRows(result, 120)
    let elements = try picture().found
    let dots = elements.filter { $0.name == "circle" }
    let labels = try result.lines.map { try #require(try object($0)["cluster"] as? Int) }
    // The rows', and the legend's.
    #expect(dots.count == 120 + 3)
    #expect(Set(zip(dots, labels).map { "\($0.attributes["fill"] ?? "") \($1)" }).count == 3)
    for dot in dots[..<120] { #expect(try #require(Double(dot.attributes["cx"] ?? "")) > 150) }
    let sizes = Set((0..<3).map { label in "cluster \(label): \(labels.count { $0 == label })" })
    #expect(sizes.isSubset(of: elements.filter { $0.name == "text" }.map(\.text)))
    let titles = elements.filter { $0.name == "title" }.map(\.text)
    #expect(titles[..<120] == labels.enumerated().map { "cluster \($1): \($0)" }[...])
  }

  @Test func manyClustersCanBeToldApart() throws {
    let result = try embed(
      "cluster", "--kmeans", "20", "--vectors", Fixture.path("vectors/rows.npy"), "--quiet",
      "--plot", "\(folder.path)/a.svg")
    expectRows(result, 120)
    let legend = try picture().found.filter { $0.name == "circle" }[120...]
    #expect(legend.count == 20)
    #expect(Set(legend.map { [$0.attributes["fill"], $0.attributes["stroke"]] }).count == 20)
  }

  @Test func labelsEndAtTheirDots() throws {
    let words = ["the cat", "a river by the house", "猫", "home ran a fox", "mat"]
    expectRows(try plot((0..<60).map { "\(words[$0 % 5]) \($0)\n" }.joined()), 0)
    let elements = try picture().found
    let dots = elements.filter { $0.name == "circle" }
    let titles = elements.filter { $0.name == "title" }.map(\.text)
    func number(
      _ element: (name: String, attributes: [String: String], text: String), _ key: String
    )
      throws -> Double
    { try #require(Double(element.attributes[key] ?? "")) }
    // The last is the caption.
    let labels = elements.filter { $0.name == "text" }.dropLast()
    #expect(labels.count > 20)
    for label in labels {
      let dot = dots[try #require(titles.firstIndex(of: label.text))]
      let right = try number(label, "x") - number(dot, "cx")
      switch label.attributes["text-anchor"] {
      case "start": #expect(abs(right - 5.5) < 0.11)
      case "end": #expect(abs(right + 5.5) < 0.11)
      default: #expect(abs(right) < 0.11)
      }
      #expect(try abs(number(label, "y") - number(dot, "cy")) < 25)
    }
  }

  @Test func aLongTextIsCutBehindAWord() throws {
    expectRows(try plot("the cat sat on a mat by the river house \(0) and more\nhome\n"), 0)
    let labels = try picture().found.filter { $0.name == "text" }.map(\.text)
    #expect(labels.contains("the cat sat on a mat by the river house…"), "\(labels)")
  }

  @Test func aTitleHasAnEnd() throws {
    expectRows(try plot(String(repeating: "é", count: 1001) + "\nhome\n"), 0)
    let titles = try picture().found.filter { $0.name == "title" }.map(\.text)
    #expect(titles == [String(repeating: "é", count: 999) + "…", "home"])
  }

  @Test func aPictureNeedsAName() throws {
    #expect(try embed("plot", "-m", Models.tiny, input: "a\nb\n").ending == .exited(64))
  }
}

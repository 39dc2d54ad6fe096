import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct RegistryTests {
  /// Each type in a stage's folder that conforms to the stage's protocol has a line in the registry.
  @Test(arguments: [
    ("Normalizers", "Normalizer", Normalizers.known.values.map { "\($0)" }),
    ("PreTokenizers", "PreTokenizer", PreTokenizers.known.values.map { "\($0)" }),
    ("Models", "TokenModel", TokenModels.known.values.map { "\($0)" }),
    ("PostProcessors", "PostProcessor", PostProcessors.known.values.map { "\($0)" }),
    ("Decoders", "TokenDecoder", Decoders.known.values.map { "\($0)" }),
  ])
  func everyComponentHasALine(folder: String, stage: String, known: [String]) throws {
    let path = "\(Fixture.root)/Sources/Tokenizers/\(folder)"
    let files = try FileManager.default.subpathsOfDirectory(atPath: path)
    let declared = try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
      return text.matches(of: #/struct (\w+): (\w+) \{/#)
        .filter { $0.2 == stage }.map { String($0.1) }
    }
    #expect(Set(declared) == Set(known))
  }

  @Test func theReadmeNamesEachModel() throws {
    let readme = try String(contentsOfFile: Fixture.root + "/README.md", encoding: .utf8)
    #expect(TokenModels.known.keys.filter { !readme.contains($0) } == [])
  }
}

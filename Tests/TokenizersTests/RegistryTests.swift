import Foundation
import Testing

@testable import Tokenizers

@Suite struct RegistryTests {
  /// Files of a stage's folder that are no component.
  private static let others: Set<String> = ["SurroundingTokens", "Trie", "UnigramScore"]

  @Test(arguments: [
    ("Normalizers", Normalizers.known.values.map { "\($0)" }),
    ("PreTokenizers", PreTokenizers.known.values.map { "\($0)" }),
    ("Models", TokenModels.known.values.map { "\($0)" }),
    ("PostProcessors", PostProcessors.known.values.map { "\($0)" }),
  ])
  func everyFileHasALine(folder: String, known: [String]) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Tokenizers/\(folder)").standardized.path
    let files = try FileManager.default.contentsOfDirectory(atPath: path)
      .map { String($0.dropLast(".swift".count)) }
    #expect(Set(files).subtracting(Self.others) == Set(known))
  }
}

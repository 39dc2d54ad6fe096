import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Encoders

@Suite struct RegistryTests {
  @Test func everyArchitectureHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Encoders/Architectures"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }.map { String($0.split(separator: "/").last ?? "") }
    let types = Set(Architectures.known.values.map { "\($0).swift" })
    #expect(Set(files) == types)
  }

  @Test(arguments: Architectures.known.keys.sorted()) func everyModelTypeIsRecorded(type: String) {
    let recorded = RecordedEncoder.all.contains { recorded in
      guard let json = try? recorded.config.json else { return false }
      let found = try? [json.string("model_type"), json.string("position_embedding_type")]
      return found?.joined(separator: "/") == type || (try? json.string("model_type")) == type
    }
    #expect(recorded, "no folder of Tests/Fixtures/encoders has a config.json of this model_type")
  }
}

@Suite struct ReadmeTests {
  @Test func everyModelTypeOccurs() throws {
    let readme = try String(contentsOfFile: Fixture.root + "/README.md", encoding: .utf8)
    // A model_type is in backquotes, since some are parts of others: `bert` and `roberta`.
    #expect(Architectures.known.keys.filter { !readme.contains("`\($0)`") } == [])
  }
}

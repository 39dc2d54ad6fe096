import Foundation
import TestSupport
import Testing

@testable import Embeddings

@Suite struct RegistryTests {
  @Test func everyModuleHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Embeddings/Modules"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    // The transformer reads the text; it is the first module and no other.
    let types = Set(Modules.known.values.map { "\($0).swift" } + ["Transformer.swift"])
    #expect(Set(files) == types)
  }
}

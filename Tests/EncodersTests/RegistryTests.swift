import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite struct RegistryTests {
  @Test func everyArchitectureHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Encoders/Architectures"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let types = Set(Architecture.known.values.map { "\($0).swift" })
    #expect(Set(files) == types)
  }
}

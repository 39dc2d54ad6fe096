import Foundation
import TestSupport
import Testing

@testable import Embeddings

@Suite struct RegistryTests {
  @Test func everyModuleHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Embeddings/Modules"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    // The Router is not one module but leads to others.
    let types =
      Modules.known.values.map { "\($0).swift" } + Modules.first.values.map { "\($0).swift" }
    #expect(Set(files) == Set(types + ["Router.swift"]))
  }

  @Test func everyHeadHasItsLine() throws {
    let folder = Fixture.root + "/Sources/Embeddings/Heads"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    // One may stand for several, by its argument.
    let types = Modules.implied.values.map { String("\($0)".prefix { $0 != "<" }) + ".swift" }
    #expect(Set(files) == Set(types))
  }

  @Test func aNameIsOfOneKind() {
    let names =
      Array(Modules.known.keys) + Array(Modules.first.keys)
      + Array(Modules.former.keys) + Modules.routers + Array(Modules.implied.keys)
      + Array(Modules.renamed.keys)
    #expect(Set(names).count == names.count)
  }

  @Test func theReadmeNamesThemAll() throws {
    let names = Set(Modules.known.keys).union(Modules.first.keys).union(Modules.routers)
    let readme = try String(contentsOfFile: Fixture.root + "/README.md", encoding: .utf8)
    let words = Set(readme.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    #expect(names.subtracting(words) == [])
  }
}

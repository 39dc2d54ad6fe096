import Foundation
package import ModelFiles

/// Files that tests read: recorded outputs, small models, the example model.
package enum Fixture {
  /// The package's folder.
  package static let root: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// A file or folder of Tests/Fixtures.
  package static func path(_ name: String) -> String { "\(root)/Tests/Fixtures/\(name)" }

  /// The complete tiny BERT that the project shows to newcomers; its weights are random.
  package static let tinyBERT = "\(root)/models.example/bert-tiny"

  /// all-MiniLM-L6-v2, if it was fetched.
  package static let miniLM: String? = {
    let path = "\(root)/models/all-MiniLM-L6-v2"
    return FileManager.default.fileExists(atPath: path + "/model.safetensors") ? path : nil
  }()

  /// The folders of Tests/Fixtures/pipelines.
  package static let pipelines = folders("pipelines")

  /// The folders of a folder of Tests/Fixtures, sorted. None where it is missing: a test that takes
  /// them as arguments must have another beside it that counts them.
  package static func folders(_ name: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: path(name))
    return (names ?? []).filter { !$0.hasSuffix(".md") }.sorted()
  }

  /// The objects of a file of JSON lines.
  package static func lines(_ path: String) throws -> [JSON] {
    try readFile(path, limit: 64 << 20).split(separator: UInt8(ascii: "\n")).map {
      try JSON(Array($0), name: path)
    }
  }
}

extension JSON {
  package func floats(_ key: String) throws -> [Float] {
    try array(key).elements.map { Float(try $0.double()) }
  }

  package func ints(_ key: String) throws -> [Int32] {
    try array(key).elements.map { Int32(try $0.int()) }
  }
}

import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

extension ScratchFolder {
  /// Sets fields of a JSON object, or removes them for `nil`; sorts all by key.
  func set(_ fields: [String: Any?], in name: String) throws {
    let read = try JSONSerialization.jsonObject(with: Data(bytes(name)))
    var object = try #require(read as? [String: Any])
    for (key, value) in fields { object[key] = value }
    try write(name, JSONSerialization.data(withJSONObject: object, options: .sortedKeys))
  }
}

/// A change that makes a recorded pipeline an impossible one, and the message about it, in which
/// `MODEL` is the pipeline's folder and `FILE` the changed file.
struct SpoiltPipeline: CustomTestStringConvertible, Sendable {
  let name, file: String
  let change: Change
  let message: String

  enum Change: Sendable {
    case text(String)
    /// A field's value as JSON; `nil` removes it.
    case field(String, String?)
    case missing
  }

  init(_ name: String, _ file: String, _ change: Change, _ message: String) {
    (self.name, self.file, self.change, self.message) = (name, file, change, message)
  }

  var testDescription: String { "\(name)/\(file) \(change)" }

  /// The changed folder.
  func folder() throws -> ScratchFolder {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/\(name)"))
    switch change {
    case .text(let text): try folder.write(file, text)
    case .missing: try folder.remove(file)
    case .field(let key, let value):
      let parsed = try value.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
      }
      try folder.set([key: parsed], in: file)
    }
    return folder
  }

  func expectRefused(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let folder = try folder()
    let error = try #require(throws: FileError.self, sourceLocation: sourceLocation) {
      try Embedder(folder: folder.path)
    }
    let expected = message.replacingOccurrences(of: "FILE", with: "MODEL/\(file)")
      .replacingOccurrences(of: "MODEL", with: folder.path)
    #expect(error.description == expected, sourceLocation: sourceLocation)
  }
}

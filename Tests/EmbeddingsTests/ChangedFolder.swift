import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

/// A copy of a model's folder, some of whose files a test changes; gone with the test.
final class ChangedFolder {
  let path: String

  init(of folder: String) throws {
    path = NSTemporaryDirectory() + "embed-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: folder, toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  func write(_ name: String, _ text: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// Gives members of a JSON object other values, or takes them out for `nil`; sorts all by key.
  func set(_ members: [String: Any?], in name: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    let read = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    var object = try #require(read as? [String: Any])
    for (key, value) in members { object[key] = value }
    try JSONSerialization.data(withJSONObject: object, options: .sortedKeys).write(to: file)
  }
}

/// A change to a recorded pipeline that makes it one that cannot be, and the words of the message.
struct SpoiltPipeline: CustomTestStringConvertible, Sendable {
  let name, file: String
  let change: Change
  let words: [String]

  enum Change: Sendable {
    case text(String)
    /// A member's value as JSON; `nil` takes it out.
    case member(String, String?)
    case missing
  }

  init(_ name: String, _ file: String, _ change: Change, _ words: String...) {
    (self.name, self.file, self.change, self.words) = (name, file, change, words)
  }

  var testDescription: String { "\(name)/\(file) \(change)" }

  /// The folder so changed.
  func folder() throws -> ChangedFolder {
    let folder = try ChangedFolder(of: Fixture.path("pipelines/\(name)"))
    switch change {
    case .text(let text): try folder.write(file, text)
    case .missing: try folder.remove(file)
    case .member(let key, let value):
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
    for word in words {
      #expect(error.description.contains(word), "\(error)", sourceLocation: sourceLocation)
    }
  }
}

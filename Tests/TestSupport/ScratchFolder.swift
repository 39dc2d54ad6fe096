import Foundation
import Glibc

/// A folder of one test, removed with all that is in it when the value ends.
package final class ScratchFolder {
  package let path: String

  /// Makes an empty folder.
  package init() throws {
    path = Self.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Copies a folder, so that a test may change it.
  package init(copyOf folder: String) throws {
    path = Self.newPath()
    try FileManager.default.copyItem(atPath: folder, toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static func newPath() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("embed-test-\(UUID().uuidString)").path
  }

  /// The names in the folder, sorted.
  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// The path of a name in the folder, whether or not there is such a file.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, and the folders that it lies in, and returns its path. The file is a new one: a
  /// mapping of an older one keeps its bytes.
  @discardableResult
  package func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: cleared(name)))
    return file(name)
  }

  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try write(name, text.utf8)
  }

  /// Makes a symbolic link, and returns its path.
  @discardableResult
  package func link(_ name: String, to target: String) throws -> String {
    try FileManager.default.createSymbolicLink(
      atPath: cleared(name), withDestinationPath: target)
    return file(name)
  }

  /// Removes a file, a link or a folder with all that is in it.
  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: file(name))
  }

  package func bytes(_ name: String) throws -> [UInt8] { try Self.bytes(of: file(name)) }

  package func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  package static func bytes(of file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// The path of a name that nothing has, in a folder that exists.
  private func cleared(_ name: String) throws -> String {
    let file = file(name)
    // Some file systems wait for the disk when a file is overwritten.
    _ = Glibc.remove(file)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    return file
  }
}

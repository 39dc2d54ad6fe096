import Glibc
import ModelFiles

/// A folder that goes with its value.
final class TemporaryFolder {
  let path: String

  /// - Throws: where none can be made in `$TMPDIR`, or else /tmp
  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array("\(parent.isEmpty ? "/tmp" : parent)/embed-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError(
        "\(parent.isEmpty ? "/tmp" : parent): cannot make a folder: \(systemMessage(errno)); set TMPDIR to "
          + "a folder that can be written to")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? removeTree(path) }
}

import Glibc
import ModelFiles

/// Where the links in a model's folder may lead: what is copied of a model may be published, and a
/// link in one that came from elsewhere can point at any file of its user's.
struct ModelLinks {
  /// Real paths of folders, the model's first.
  private let roots: [String]

  init(of folder: String) throws {
    let root = try Self.realPath(folder)
    // In the Hugging Face cache the files of `snapshots/REVISION` are links to `blobs`.
    let parent = enclosingFolder(of: root)
    roots =
      lastName(of: parent) == "snapshots"
      ? [root, enclosingFolder(of: parent) + "/blobs"] : [root]
  }

  /// The path of a file or folder without links.
  /// - Throws: where it is outside the model's folder
  func resolved(_ path: String) throws -> String {
    let real = try Self.realPath(path)
    guard roots.contains(where: { real == $0 || real.hasPrefix($0 + "/") }) else {
      throw FileError(
        "\(path): leads out of the model's folder, to \(real), and is not copied; remove it, or put "
          + "a copy of what it leads to in its place")
    }
    return real
  }

  private static func realPath(_ path: String) throws -> String {
    guard let real = realpath(path, nil) else {
      throw FileError("\(path): a link that leads nowhere: \(systemMessage(errno)); remove it")
    }
    defer { free(real) }
    return String(cString: real)
  }
}

import Glibc
import ModelFiles
import Testing

/// A folder for one test, gone with the value.
final class TemporaryFolder {
  let path: String
  private var files: Set<String> = []

  init() throws {
    var template = Array("/tmp/embed-test-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for file in files { remove(file) }
    remove(path)
  }

  /// A path in the folder, removed at the end if something is there.
  func reserve(_ name: String) -> String {
    let file = "\(path)/\(name)"
    files.insert(file)
    return file
  }

  /// Writes a new file in place of an older one and returns its path.
  @discardableResult func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = reserve(name)
    // Some file systems wait for the disk when a file is overwritten.
    remove(file)
    let stream = try #require(fopen(file, "w"))
    defer { fclose(stream) }
    try #require(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    return file
  }
}

/// Makes a file longer without writing to it.
func extend(_ path: String, to count: Int) -> Bool { truncate(path, count) == 0 }

/// What the `FileError` of `body` says; nil when there is none.
func failure<R>(_ body: () throws -> R) -> String? {
  do {
    _ = try body()
    return nil
  } catch let error as FileError {
    return error.description
  } catch {
    return "no FileError: \(error)"
  }
}

/// A document called `config.json`.
func parse(_ text: String, maximumDepth: Int = 128) throws -> JSON {
  try JSON(Array(text.utf8), name: "config.json", maximumDepth: maximumDepth)
}

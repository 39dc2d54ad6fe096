import Glibc
import ModelFiles

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

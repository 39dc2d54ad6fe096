import Glibc
import ModelFiles

/// Takes a file away if it is there.
func removeFile(_ path: String) throws {
  guard unlink(path) != 0, errno != ENOENT else { return }
  throw FileError("\(path): cannot be removed: \(systemMessage(errno)); remove it")
}

/// What is wrong with a file, in words that let its owner repair it.
package struct FileError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// Refuses what a failed download leaves in place of a file: a git-lfs pointer or a web page.
func refuseFailedDownload(_ bytes: UnsafeRawBufferPointer, name: String) throws {
  if bytes.starts(with: "version https://git-lfs".utf8) {
    throw FileError(
      "\(name) is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`")
  }
  let start = bytes.prefix(64).drop { $0 == 0x20 || 0x09...0x0D ~= $0 }
    .prefix(9).map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
  if ["<!doctype", "<html", "<?xml"].contains(where: { start.starts(with: $0.utf8) }) {
    throw FileError(
      "\(name) is a web page, not the file itself: its download failed; fetch it again")
  }
}

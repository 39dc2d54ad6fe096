/// Refuses the small text that git keeps in place of a large file until git-lfs fetches it.
func refuseGitPointer(_ bytes: UnsafeRawBufferPointer, name: String) throws {
  if bytes.starts(with: "version https://git-lfs".utf8) {
    throw FileError(
      "\(name) is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`")
  }
}

import Glibc
import ModelFiles

extension Destination {
  /// Throws what opening a file would, so that a name that cannot be written is told of before long
  /// work; leaves nothing behind.
  func tryOut() throws {
    guard case .file(let target) = self else { return }
    let partial = PartialName(target)
    let descriptor = try partial.newFile()
    defer { close(descriptor) }
    try removeFile(partial.part)
  }
}

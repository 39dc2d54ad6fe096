import Glibc

/// A name that a file or folder takes once it is whole; until then it grows as `NAME.part`.
package struct PartialName {
  package let name: String
  package let part: String

  package init(_ name: String) { (self.name, part) = (name, name + ".part") }

  /// Gives what is whole its name; what had the name before is replaced.
  package func finish() throws {
    guard rename(part, name) == 0 else {
      throw FileError(
        "\(part): cannot be renamed to \(name): \(systemMessage(errno)); it is whole, rename it "
          + "yourself")
    }
  }
}

/// Writes all bytes, and waits where the descriptor cannot take them at once.
/// - Returns: 0, or what went wrong as `errno` has it
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
  var rest = bytes[...]
  while !rest.isEmpty {
    let buffer = UnsafeRawBufferPointer(rebasing: rest)
    let count = write(descriptor, buffer.baseAddress, buffer.count)
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      // Another process made the descriptor, which is shared, one that never waits.
      var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&polled, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}

/// Removes a file if it is there.
package func removeFile(_ path: String) throws {
  guard unlink(path) != 0, errno != ENOENT else { return }
  throw FileError("\(path): cannot be removed: \(systemMessage(errno)); remove it")
}

/// What the system says of an error number: `No space left on device`.
package func systemMessage(_ code: CInt) -> String {
  // The text is constant, or this thread's own (glibc 2.32 and later).
  String(cString: strerror(code))
}

import Glibc

/// The first 64 KiB of a file in which the kernel tells of itself or of this process, under /proc
/// or /sys; `nil` where there is none. Such files have no size until they are read.
package func kernelText(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
    count = max(0, read(file, buffer.baseAddress, buffer.count))
  }
  return String(decoding: bytes, as: UTF8.self)
}

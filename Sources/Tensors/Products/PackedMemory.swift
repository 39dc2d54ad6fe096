import Glibc

/// Memory that is written once and then read again and again: on huge pages where the system has
/// them, so that reading it costs few translations of addresses.
///
/// It is written by whoever makes it and only read afterwards; that is what makes it `Sendable`.
final class PackedMemory: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = max(byteCount, 1)
    let fresh = mmap(
      nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let fresh, fresh != MAP_FAILED else {
      // As malloc's own users do: there is no way on without memory.
      preconditionFailure("out of memory: \(byteCount) bytes")
    }
    madvise(fresh, self.byteCount, MADV_HUGEPAGE)
    start = fresh
  }

  deinit { munmap(start, byteCount) }
}

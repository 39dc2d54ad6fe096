import CProcess
import Glibc

/// A memory-mapped file: the operating system loads pages when they are read.
// Unchecked: nothing changes after `init`; the bytes are read-only, and only `deinit` unmaps them.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  private let file: OpenFile
  private let bytes: UnsafeRawBufferPointer
  private let guardSlot: CInt

  /// Opens a regular file, or a link to one.
  package init(_ path: String) throws {
    let file = try OpenFile(path)
    let isEmpty = file.count == 0
    let bytes = isEmpty ? UnsafeRawBufferPointer(start: nil, count: 0) : try file.map()
    let slot = cp_guard_map(bytes.baseAddress, bytes.count)
    if slot < 0, !isEmpty {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
      throw FileError("\(path) cannot be mapped: too many files are at the same time")
    }
    self.path = path
    self.file = file
    self.bytes = bytes
    guardSlot = slot
  }

  deinit {
    cp_guard_end(guardSlot)
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// The bytes the file had when it was opened.
  package var count: Int { bytes.count }

  /// All bytes. What the file has lost since it was opened reads as zeros, which `checkIntact` reports.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  /// Gives the memory back that bytes which were read take; who reads them again reads the file again.
  package func release() {
    _ = madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED)
  }

  /// Throws when the file was written to since it was opened, so that what was read of it may be
  /// neither the old nor the new, or is shorter, so that it may be zeros.
  package func checkIntact() throws {
    if cp_guard_broken(guardSlot) { throw shrunk(path, from: count) }
    try file.checkUnchanged()
  }
}

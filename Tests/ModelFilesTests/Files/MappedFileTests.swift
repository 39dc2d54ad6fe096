import Glibc
import ModelFiles
import TestSupport
import Testing

struct MappedFileTests {
  @Test func bytesAreTheFile() throws {
    let folder = try ScratchFolder()
    let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
    let file = try MappedFile(folder.write("file", bytes))
    #expect(file.path == "\(folder.path)/file")
    #expect(file.count == 20_000)
    #expect(file.withBytes { $0.elementsEqual(bytes) })
    try file.checkIntact()
  }

  @Test func anEmptyFileHasNoBytes() throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(folder.write("empty", []))
    #expect(file.count == 0)
    #expect(file.withBytes { $0.isEmpty })
    try file.checkIntact()
  }

  @Test(arguments: [0, 1, 4096, 39_999])
  func aFileThatShrinksReadsAsZerosAndIsReported(_ rest: Int) throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(folder.write("file", [UInt8](repeating: 1, count: 40_000)))
    try #require(truncate(file.path, rest) == 0)
    let message =
      "\(file.path) became shorter while it was being read (was 40000 bytes); "
      + "try again when nothing writes to it"
    #expect(failure { try file.checkIntact() } == message)
    #expect(file.withBytes { $0.reduce(0) { $0 + Int($1) } } == rest)
    #expect(failure { try file.checkIntact() } == message)
  }

  @Test func aFileThatShrankAndGrewIsReported() throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(folder.write("file", [UInt8](repeating: 1, count: 40_000)))
    try #require(truncate(file.path, 0) == 0)
    #expect(file.withBytes { $0.allSatisfy { $0 == 0 } })
    try #require(truncate(file.path, 40_000) == 0)
    #expect(failure { try file.checkIntact() } != nil)
  }

  /// A file of 40,000 bytes that was written long ago.
  private func oldFile(_ folder: ScratchFolder) throws -> MappedFile {
    let path = try folder.write("file", [UInt8](repeating: 1, count: 40_000))
    let long = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, path, [long, long], 0) == 0)
    // The clock that files are stamped by goes on in steps of some milliseconds.
    usleep(20_000)
    return try MappedFile(path)
  }

  @Test(arguments: [false, true])
  func aFileThatIsWrittenOverIsReported(settingItsTimeBack: Bool) throws {
    let folder = try ScratchFolder()
    let file = try oldFile(folder)
    try file.checkIntact()
    usleep(20_000)
    let descriptor = open(file.path, O_WRONLY)
    defer { close(descriptor) }
    try #require(pwrite(descriptor, [2], 1, 30_000) == 1)
    if settingItsTimeBack {
      let long = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
      try #require(futimens(descriptor, [long, long]) == 0)
    }
    #expect(
      failure { try file.checkIntact() }
        == "\(file.path) was changed while it was being read; try again when nothing writes to it")
  }

  @Test func aFileThatGetsAnotherNameIsTheSame() throws {
    let folder = try ScratchFolder()
    let file = try oldFile(folder)
    usleep(20_000)
    try #require(link(file.path, folder.file("other")) == 0)
    try file.checkIntact()
  }

  @Test func aFileThatIsReplacedStaysAsItWas() throws {
    let folder = try ScratchFolder()
    let file = try MappedFile(folder.write("file", [1, 2, 3]))
    try #require(remove(file.path) == 0)
    try folder.write("file", [4])
    #expect(file.withBytes { Array($0) } == [1, 2, 3])
    try file.checkIntact()
  }

  @Test func mapsEndWithTheirOwner() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("file", [1])
    // More than there are guards (1024), descriptors and perhaps maps at the same time.
    for _ in 0..<5_000 { _ = try MappedFile(path) }
  }
}

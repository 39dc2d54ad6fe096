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

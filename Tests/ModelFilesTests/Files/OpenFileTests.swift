import Glibc
import ModelFiles
import TestSupport
import Testing

struct OpenFileTests {
  static let ways: [(String, @Sendable (String) throws -> Void)] = [
    ("mapped", { _ = try MappedFile($0) }), ("read", { _ = try readFile($0, limit: 100) }),
  ]

  @Test(arguments: ways.indices)
  func whatIsNoRegularFileIsNamed(_ way: Int) throws {
    let open = Self.ways[way].1
    let folder = try ScratchFolder()
    let (pipe, link, absent) = (
      folder.file("pipe"), folder.file("link"), "\(folder.path)/none"
    )
    try #require(mkfifo(pipe, 0o600) == 0)
    try #require(symlink("nowhere", link) == 0)
    #expect(failure { try open(absent) } == "\(absent) does not exist")
    #expect(failure { try open(pipe) } == "\(pipe) is a pipe, should be a regular file")
    #expect(failure { try open(link) } == "\(link) is a link to a file that does not exist")
    #expect(failure { try open(folder.path) } == "\(folder.path) is a directory, should be a file")
    #expect(failure { try open("/dev/null") } == "/dev/null is a device, should be a regular file")
    #expect(failure { try open("") } == " does not exist")
    #expect(failure { try open("/dev/null\0x") }?.hasSuffix("has a NUL in its name") == true)
    #expect(failure { try open("/dev/null/x") } == "/dev/null/x cannot be read: Not a directory")
  }

  @Test(.enabled(if: geteuid() != 0, "nothing is forbidden to root"))
  func forbiddenFilesAreNamed() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("secret", [1])
    chmod(path, 0)
    #expect(failure { try MappedFile(path) } == "\(path) may not be read: permission denied")
  }

  @Test func linksAreFollowed() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("file", [1, 2, 3])
    let link = folder.file("link")
    try #require(symlink(path, link) == 0)
    #expect(try readFile(link, limit: 3) == [1, 2, 3])
    #expect(try MappedFile(link).withBytes { Array($0) } == [1, 2, 3])
  }

  @Test func filesAreReadUpToALimit() throws {
    let folder = try ScratchFolder()
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let path = try folder.write("file", bytes)
    #expect(try readFile(path, limit: 10_000) == bytes)
    #expect(
      failure { try readFile(path, limit: 9_999) }
        == "\(path) has 10000 bytes; at most 9999 are read of such a file")
    #expect(try readFile(folder.write("empty", []), limit: 0) == [])
  }

  @Test func existenceIncludesLinksToNowhere() throws {
    let folder = try ScratchFolder()
    let link = folder.file("link")
    try #require(symlink("nowhere", link) == 0)
    #expect(try fileExists(link))
    #expect(try fileExists(folder.path))
    for name in ["none", "none/none", "\0", String(repeating: "a", count: 300)] {
      #expect(try !fileExists("\(folder.path)/\(name)"))
    }
    let file = try folder.write("file", "")
    #expect(try !fileExists("\(file)/none"))
    try #require(symlink("circle", folder.file("circle")) == 0)
    let message = "\(folder.path)/circle/none cannot be read: Too many levels of symbolic links"
    #expect(failure { try fileExists("\(folder.path)/circle/none") } == message)
    #expect(try isDirectory(folder.path))
    #expect(try !isDirectory(file))
    #expect(try !isDirectory(link))
  }
}

import TestSupport
import Testing

@testable import ModelFiles

@Suite struct ChecksumsTests {
  private static let ofABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func aFileHasTheSumThatSHA256SumPrints() throws {
    let folder = try ScratchFolder()
    try folder.write("sub/abc", "abc")
    for line in ["\(Self.ofABC)  sub/abc", "\(Self.ofABC.uppercased()) *sub/abc"] {
      try folder.write("SHA256SUMS", line + "\n")
      let sums = try #require(try Checksums(of: folder.path))
      #expect(sums.entries.map(\.file) == ["sub/abc"])
      try sums.check(in: folder.path)
    }
    try folder.write("sub/abc", "abd")
    let sums = try #require(try Checksums(of: folder.path))
    #expect(
      failure { try sums.check(in: folder.path) }
        == "\(folder.path)/sub/abc: its SHA-256 is "
        + "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9, SHA256SUMS has "
        + "\(Self.ofABC); the file was changed or damaged: get it again, or make the model again")
    #expect(throws: CancellationError.self) { try sums.check(in: folder.path) { true } }
  }

  @Test func aFolderNeedNotHaveThem() throws {
    #expect(try Checksums(of: ScratchFolder().path) == nil)
  }

  @Test(arguments: [
    "abc", "\(ofABC)", "\(ofABC) abc", "\(ofABC)  ", "\(ofABC)  /etc/passwd", "\(ofABC)  ../abc",
    "\(ofABC)  a/../../abc", "g\(ofABC.dropFirst())  abc", "\\\(ofABC)  a\\nb",
  ])
  func aLineThatIsNoSumIsNamed(_ line: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("SHA256SUMS", "\(Self.ofABC)  abc\n\(line)\n")
    #expect(
      failure { try Checksums(of: folder.path) }
        == "\(path), line 2: should be 64 hexadecimal digits, two spaces and a file below the "
        + "model's folder")
  }
}

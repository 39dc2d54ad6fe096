import Glibc
import TestSupport
import Testing

/// What lies beside an output already.
@Suite struct BesideOutputTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write("victim", "precious")
  }

  private func encode(_ more: [String] = []) throws -> CommandResult {
    try embedCommand(["encode", "-m", Models.tiny, "--output", folder.file("o.jsonl")] + more)(
      Array("a cat\n".utf8))
  }

  private var victim: String { get throws { try folder.text("victim") } }

  @Test func aHardLinkGivesWayAndKeepsItsBytes() throws {
    try #require(link(folder.file("victim"), folder.file("o.jsonl.part")) == 0)
    expectRows(try encode(), 0)
    #expect(try victim == "precious")
    #expect(try folder.names == ["o.jsonl", "victim"])
  }

  @Test(arguments: ["o.jsonl.part", "o.jsonl.part.json"], [[], ["--resume"]])
  func aSymbolicLinkIsNamed(_ name: String, _ more: [String]) throws {
    try folder.link(name, to: folder.file("victim"))
    let result = try encode(more)
    #expect(result.ending == .exited(1))
    #expect(result.stderr.hasPrefix("embed: \(folder.file(name)): "), "\(result.stderr)")
    #expect(result.stderr.contains("is a symbolic link, which is not followed"), "\(result.stderr)")
    #expect(try victim == "precious")
  }

  @Test func anOutputThatIsALinkIsWrittenWhereItLeads() throws {
    try folder.link("o.jsonl", to: "victim")
    expectRows(try encode(), 0)
    #expect(try victim.hasPrefix("{\"text\":\"a cat\""))
    #expect(try folder.names == ["o.jsonl", "victim"])
  }

  @Test func theFileThatIsReplacedKeepsItsPermissions() throws {
    try folder.write("o.jsonl", "older")
    try #require(chmod(folder.file("o.jsonl"), 0o600) == 0)
    expectRows(try encode(), 0)
    var status = stat()
    try #require(stat(folder.file("o.jsonl"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  // The first two numbers are those of the pipe that signals wake the process by.
  @Test(arguments: [3, 4, 99]) func aDescriptorThatNobodyGaveIsRefused(_ number: Int) throws {
    let path = "/dev/fd/\(number)"
    let result = try embed(
      "encode", "-m", Models.tiny, "--format", "csv", "--output", path, input: "a\n")
    let reason =
      number < 5 ? "no file was opened with this number" : "cannot write: Bad file descriptor"
    expectFailure(result, message: "\(path): \(reason); name another output")
  }
}

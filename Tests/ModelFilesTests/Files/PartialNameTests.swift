import Glibc
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct PartialNameTests {
  private let scratch: ScratchFolder
  private var name: PartialName { PartialName(scratch.file("out")) }

  init() throws { scratch = try ScratchFolder() }

  private func permissions(_ file: String) -> mode_t {
    var status = stat()
    return stat(scratch.file(file), &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func itTakesItsNameWhenItIsWhole() throws {
    try scratch.write("out", "older")
    let descriptor = try name.newFile()
    defer { close(descriptor) }
    #expect(Array("new".utf8).withUnsafeBytes { writeAll($0, to: descriptor) } == 0)
    #expect(try scratch.text("out") == "older")
    try name.finish()
    #expect(try scratch.names == ["out"])
    #expect(try scratch.text("out") == "new")
  }

  @Test func whatAProcessThatIsGoneLeftGivesWay() throws {
    try scratch.write("out.part", "left by another")
    let descriptor = try name.newFile()
    defer { close(descriptor) }
    #expect(try scratch.bytes("out.part").isEmpty)
  }

  @Test func theOtherNameOfAFileKeepsItsBytes() throws {
    try scratch.write("victim", "precious")
    try #require(link(scratch.file("victim"), scratch.file("out.part")) == 0)
    let descriptor = try name.newFile()
    defer { close(descriptor) }
    #expect(Array("new".utf8).withUnsafeBytes { writeAll($0, to: descriptor) } == 0)
    #expect(try scratch.text("victim") == "precious")
    #expect(try scratch.text("out.part") == "new")
  }

  @Test func whatIsContinuedHasOneName() throws {
    try scratch.write("victim", "precious")
    try #require(link(scratch.file("victim"), scratch.file("out.part")) == 0)
    #expect(
      failure { try name.continuedFile() }
        == "\(name.part): is also the file of another name, which would change with it; remove it")
    try scratch.remove("victim")
    let descriptor = try name.continuedFile()
    defer { close(descriptor) }
    #expect(try scratch.text("out.part") == "precious")
  }

  @Test func noLinkIsFollowed() throws {
    try scratch.write("victim", "precious")
    try scratch.link("out.part", to: scratch.file("victim"))
    for make in [{ try name.newFile() }, { try name.continuedFile() }] {
      #expect(
        failure(make)
          == "\(name.part): cannot create: it is a symbolic link, which is not followed; move or "
          + "remove what has this name")
    }
    #expect(try scratch.text("victim") == "precious")
    #expect(
      failure { try refuseLink(name.part) }
        == "\(name.part): is a symbolic link, which is not followed; remove it")
    try refuseLink(scratch.file("victim"))
    try refuseLink(scratch.file("nothing"))
  }

  @Test(arguments: ["pipe", "folder"]) func whatIsNoFileStays(_ kind: String) throws {
    let outcome = kind == "pipe" ? mkfifo(name.part, 0o600) : mkdir(name.part, 0o700)
    try #require(outcome == 0)
    let reason = kind == "pipe" ? "File exists" : "Is a directory"
    #expect(
      failure { try name.newFile() }
        == "\(name.part): cannot create: \(reason); move or remove what has this name")
    #expect(try scratch.names == ["out.part"])
  }

  @Test func anotherRunsPartStays() throws {
    let other = try name.newFile()
    defer { close(other) }
    #expect(Array("its".utf8).withUnsafeBytes { writeAll($0, to: other) } == 0)
    for make in [{ try name.newFile() }, { try name.continuedFile() }] {
      #expect(
        failure(make)
          == "\(name.part): another run is writing it; wait for it or name another output")
    }
    #expect(try scratch.text("out.part") == "its")
  }

  @Test(arguments: [0o600, 0o640, 0o755] as [mode_t])
  func theFileThatIsReplacedKeepsItsPermissions(_ mode: mode_t) throws {
    try scratch.write("out", "older")
    try #require(chmod(scratch.file("out"), mode) == 0)
    let descriptor = try name.newFile()
    defer { close(descriptor) }
    #expect(permissions("out.part") == mode)
    // And what lies beside it, which may say as much as it does.
    let beside = PartialName(scratch.file("out.json"))
    let other = try beside.newFile(like: scratch.file("out"))
    defer { close(other) }
    #expect(permissions("out.json.part") == mode)
  }
}

import Glibc
import ModelFiles
import TestSupport
import Testing

@Suite struct ZipWriterTests {
  @Test func filesAreReadBack() throws {
    let files: [(name: String, bytes: [UInt8])] = [
      ("a.npy", Array(0..<200)), ("empty", []), ("ü", [1]),
    ]
    var writer = ZipWriter()
    var archive: [UInt8] = []
    for file in files {
      var checksum = Checksum()
      file.bytes.withUnsafeBytes { checksum.update($0) }
      archive += writer.header(file.name, size: file.bytes.count, checksum: checksum.value)
      archive += file.bytes
    }
    archive += writer.directory()
    try archive.withUnsafeBytes { bytes in
      let zip = try ZipArchive(bytes, name: "F")
      for file in files {
        #expect(try zip.withFile(file.name, most: 1000) { Array($0) } == file.bytes)
      }
    }
  }

  /// What lies beyond 31 bits has records of its own; the hole in the file takes no room.
  @Test func largeFilesHaveTheirPlaces() throws {
    let folder = try ScratchFolder()
    let hole = 5 << 30
    var writer = ZipWriter()
    let first = writer.header("hole", size: hole, checksum: 0)
    var checksum = Checksum()
    [7, 8, 9].withUnsafeBytes { checksum.update($0) }
    let second = writer.header("after", size: 24, checksum: checksum.value)
    let path = try folder.write("x.zip", first)
    #expect(extend(path, to: first.count + hole))
    let bytes = [7, 8, 9].withUnsafeBytes { Array($0) }
    let end = second + bytes + writer.directory()
    let file = try #require(fopen(path, "ab"))
    #expect(fwrite(end, 1, end.count, file) == end.count)
    fclose(file)
    let mapped = try MappedFile(path)
    try mapped.withBytes { bytes in
      let zip = try ZipArchive(bytes, name: "F")
      #expect(try zip.withFile("after", most: 24) { Array($0)[0] } == 7)
      #expect(
        failure { try zip.withFile("hole", most: 24) { _ in } }
          == "F: `hole` in the archive has \(hole) bytes, at most 24 are taken")
    }
  }
}

import CZlib
import TestSupport
import Testing

@testable import embed

/// Bytes as gzip packs them.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  var packed = [UInt8](repeating: 0, count: bytes.count + 100)
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var bytes = bytes
  bytes.withUnsafeMutableBufferPointer { from in
    packed.withUnsafeMutableBufferPointer { to in
      (stream.next_in, stream.avail_in) = (from.baseAddress, UInt32(from.count))
      (stream.next_out, stream.avail_out) = (to.baseAddress, UInt32(to.count))
      deflate(&stream, Z_FINISH)
    }
  }
  return Array(packed.prefix(Int(stream.total_out)))
}

func gzipped(_ text: String) -> [UInt8] { gzipped(Array(text.utf8)) }

@Suite struct GzipTests {
  @Test(
    arguments: [
      ("a.gz", [gzipped("1\n2\n")]), ("a.txt", [gzipped("1\n2")]), ("a", [gzipped("1\r2")]),
      ("a.csv.gz", [gzipped("id,text\n1,1\n2,2\n")]), ("a.TSV.GZ", [gzipped("text\n1\n2\n")]),
      ("a.jsonl.gz", [gzipped("{\"text\":\"1\"}\n{\"text\":\"2\"}")]),
      ("a.json.gz", [gzipped("[{\"text\":\"1\"},{\"text\":\"2\"}]")]),
      ("a.gz", [gzipped("1\n"), gzipped("2\n")]), ("a.gz", [gzipped(""), gzipped("1\n2")]),
      ("a.gz", [gzipped("1\n"), [0, 0, 0], gzipped("2\n"), [0, 0]]),
      ("a.csv.gz", [Array("text\n1\n2".utf8)]),
    ] as [(String, [[UInt8]])])
  func isUnpackedWhateverItsName(_ name: String, _ members: [[UInt8]]) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(name, members.flatMap { $0 })
    var reader = try RowReader([path])
    #expect(try reader.window()?.map(brief) == ["1", "2"])
    #expect(try reader.window() == nil)
    #expect(reader.bytesRead == reader.totalBytes)
  }

  @Test func standardInputIsUnpacked() throws {
    let packed = gzipped("the cat\n")
    let plain = try encode(input: "the cat\n")
    #expect(try embedCommand(["encode", "-m", Models.tiny])(packed).text == plain.text)
  }

  @Test func rowsOfAStreamThatIsCutComeFirst() throws {
    let folder = try ScratchFolder()
    let packed = gzipped("1\n2\n")
    for length in 2..<packed.count {
      let path = try folder.write("a.gz", packed[..<length])
      var rows: [String] = []
      let message = thrown {
        var reader = try RowReader([path])
        while let window = try reader.window() { rows += window.map(brief) }
      }
      #expect(["1", "2"].starts(with: rows))
      #expect(message.hasPrefix("\(path): the gzip data ends early, after "))
      #expect(
        message.hasSuffix(" unpacked bytes; the file is cut short: fetch or make it again"))
    }
  }

  @Test(
    arguments: [
      (
        Array(gzipped("1\n").dropLast(8)) + [0, 0, 0, 0, 2, 0, 0, 0],
        "after 2 unpacked bytes (incorrect data check)"
      ),
      (gzipped("1\n") + Array("garbage".utf8), "after 2 unpacked bytes (incorrect header check)"),
    ] as [([UInt8], String)])
  func whatIsDamagedIsToldOf(_ bytes: [UInt8], _ place: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("a.gz", bytes)
    var reader = try RowReader([path])
    #expect(try reader.window()?.map(brief) == ["1"])
    #expect(
      thrown { _ = try reader.window() }
        == "\(path): the gzip data is damaged \(place); fetch or make it again")
  }

  @Test func whatIsPackedTwiceIsRefused() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("a.gz", gzipped(gzipped("1\n")))
    #expect(
      thrown { _ = try allRows([path]) } == "\(path): is packed twice; unpack it once: gzip -dc")
  }

  @Test func memoryDoesNotGrowWithWhatIsUnpacked() async {
    await #expect(processExitsWith: .success) {
      let folder = try ScratchFolder()
      // 256 MiB of lines.
      let lines = [UInt8](repeating: 0x61, count: 1 << 20).enumerated().map {
        $0 % 64 == 63 ? 0x0A : $1
      }
      let packed = gzipped(lines)
      let path = try folder.write("a.gz", (0..<256).flatMap { _ in packed })
      var (reader, count) = (try RowReader([path]), 0)
      while let rows = try reader.window() { count += rows.count }
      precondition(count == 256 << 14, "\(count) rows")
      precondition(PeakMemory.bytes < 200 << 20, "\(PeakMemory.bytes) bytes")
    }
  }
}

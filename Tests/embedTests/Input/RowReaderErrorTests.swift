import Glibc
import TestSupport
import Testing

@testable import embed

struct RowReaderErrorTests {
  @Test func filesAreCheckedBeforeTheFirstRow() throws {
    let folder = try ScratchFolder()
    let good = try folder.write("good", "a\n".utf8)
    #expect(
      thrown { _ = try RowReader([good, "\(folder.path)/none"]) }
        == "\(folder.path)/none: cannot open: No such file or directory; check the path")
    #expect(
      thrown { _ = try RowReader([folder.path]) }
        == "\(folder.path): is a directory; name the files in it")
  }

  @Test func aHeaderMustHaveTheColumn() throws {
    let folder = try ScratchFolder()
    let missing = try folder.write("f.csv", "\n\"a,b\",c\n1,2\n".utf8)
    #expect(
      thrown { _ = try allRows([missing]) }
        == "\(missing), line 2: no column `text`; the header has `a,b`, `c`; name one with --field")
    let double = try folder.write("g.tsv", "text\tid\ttext\n".utf8)
    #expect(
      thrown { _ = try allRows([double]) }
        == "\(double), line 1: 2 columns are named `text`; rename all but one")
    let bytes = try folder.write("h.csv", [0xFF, 0xFA, 0x0A])
    #expect(
      thrown { _ = try allRows([bytes]) }
        == "\(bytes), line 1: not UTF-8 (byte 0xFF at column 1); convert the file to UTF-8")
    let many = try folder.write("i.csv", (1...10).map { "c\($0)" }.joined(separator: ",").utf8)
    #expect(thrown { _ = try allRows([many]) }.contains("`c8` and 2 more; name one with --field"))
  }

  @Test func rowsBeforeAFailureAreNotLost() throws {
    let folder = try ScratchFolder()
    let files = [
      try folder.write("a.csv", "text\n1\n2\n".utf8), try folder.write("b.csv", "x\n3\n".utf8),
    ]
    var reader = try RowReader(files)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20)?.map(brief) == ["1", "2"])
    for _ in 0..<2 {
      #expect(throws: (any Error).self) { try reader.window(upTo: 100, bytes: 1 << 20) }
    }
  }

  @Test func aLineMayHave16MiB() throws {
    let folder = try ScratchFolder()
    let longest = [UInt8](repeating: 0x61, count: 16 << 20)
    let path = try folder.write("f", longest + [0x0D, 0x0A] + longest + [0x61, 0x0A, 0x62])
    let rows = try allRows([path])
    #expect(rows.count == 3)
    #expect(rows[0].text == longest)
    #expect(rows[1].problem?.description == "\(path), line 2: longer than 16 MiB; split the row")
    #expect(rows[2].text == [0x62])
  }

  @Test func aQuotedRowThatIsTooLongEndsWhereItsQuotesDo() throws {
    let folder = try ScratchFolder()
    let lines = [UInt8](repeating: 0x0A, count: (16 << 20) + 9)
    let path = try folder.write(
      "f.csv", Array("text\n\"".utf8) + lines + Array("\"\nnext\n\"b c".utf8))
    #expect(
      try allRows([path]).map(brief) == [
        "!\(path), line 2: longer than 16 MiB; split the row", "next",
        "!\(path), line \(lines.count + 4): a quote opens here and is never closed; "
          + "close it, or double it if it is text",
      ])
  }

  /// A row of tsv that may go on in the next line, and empty lines without end.
  private final class EmptyLines: ByteSource {
    let name = "f"
    private(set) var given = 0

    func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading {
      for index in buffer.indices { buffer[index] = 0x0A }
      if given == 0 { buffer.copyBytes(from: "a\t\"b\n".utf8) }
      given += buffer.count
      return .bytes(buffer.count)
    }
  }

  @Test func emptyLinesWithoutEndBelongToNoRow() throws {
    let source = EmptyLines()
    var (buffer, splitter) = (RowBuffer(), LineSplitter(.tabbed(0x0A)))
    var row: RawRow?
    while row == nil, source.given < 64 << 20 {
      _ = try buffer.fill(from: source, waiting: true)
      if case .row(let found) = splitter.next(in: &buffer) { row = found }
    }
    #expect(row == RawRow(bytes: Array("a\t\"b".utf8), line: 1, fault: nil))
  }

  @Test(arguments: ["f", "f.csv", "f.jsonl"])
  func aLineWithoutAnEndIsToldOf(name: String) throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/\(name)"
    #expect(symlink("/dev/zero", path) == 0)
    defer { unlink(path) }
    var reader = try RowReader([path])
    var problem = ""
    do {
      problem = try reader.window(upTo: 1000, bytes: 1 << 30)?.last?.problem?.description ?? ""
    } catch {
      problem = "\(error)"
    }
    #expect(problem == "\(path), line 1: longer than 16 MiB; split the row")
  }

  @Test func memoryDoesNotGrowWithALine() async {
    await #expect(processExitsWith: .success) {
      let folder = try ScratchFolder()
      let path = try folder.write("f", "".utf8)
      // Half a gigabyte of zeros in no space on the disk, then a row.
      let descriptor = open(path, O_WRONLY)
      ftruncate(descriptor, 512 << 20)
      lseek(descriptor, 0, SEEK_END)
      send(Array("\nnext".utf8), to: descriptor)
      let rows = try allRows([path])
      precondition(rows.count == 2 && rows[0].problem != nil && brief(rows[1]) == "next")
      precondition(PeakMemory.bytes < 160 << 20, "\(PeakMemory.bytes) bytes")
    }
  }

  @Test func aRowCanFailLater() {
    let row = InputRow(
      fields: .success([[0x61]]), source: .line, location: RowLocation(file: "f", line: 3))
    #expect(row.failing("too many tokens").problem?.description == "f, line 3: too many tokens")
  }
}

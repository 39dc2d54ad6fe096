import Embeddings
import Glibc
import TestSupport
import Testing
import Vectors

@testable import embed

struct VectorWriterTests {
  private let rows = [
    InputRow(fields: .success([[0x61]]), source: .line, location: RowLocation(file: "f", line: 1)),
    InputRow(fields: .success([[0x62]]), source: .line, location: RowLocation(file: "f", line: 2)),
  ]
  private let lines = "{\"text\":\"a\",\"embedding\":[1,2]}\n{\"text\":\"b\",\"embedding\":[3,4]}\n"
  private let floats: [Float] = [1, 2, 3, 4]

  private func append(_ rows: [InputRow], to writer: inout VectorWriter) throws {
    try floats.withUnsafeBufferPointer { try writer.append(rows: rows, vectors: $0) }
  }

  private func writer(_ path: String?, _ format: VectorFormat = .jsonl) throws -> VectorWriter {
    try VectorWriter(to: path, formatter: RowFormatter(format: format), dimensions: 2)
  }

  /// NumPy 2.4.6 reads these 128 bytes as `<f4`, C order, (2, 2).
  private var numPyHeader: [UInt8] {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (                   2, 2), }"
    return [0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + text.utf8
      + [UInt8](repeating: 0x20, count: 117 - text.utf8.count) + [0x0A]
  }

  private var numPyFile: [UInt8] { numPyHeader + floats.withUnsafeBytes { Array($0) } }

  @Test func aFileHasItsNameOnlyWhenWhole() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("out.jsonl", "old".utf8)
    var writer = try writer(path)
    try append(rows, to: &writer)
    #expect(try folder.bytes("out.jsonl") == Array("old".utf8))
    #expect(try folder.bytes("out.jsonl.part") == Array(lines.utf8))
    try writer.finish()
    #expect(try folder.bytes("out.jsonl") == Array(lines.utf8))
    #expect(try folder.names == ["out.jsonl"])
    #expect(writer.rows == 2)
  }

  @Test func aPartStaysWithoutFinish() throws {
    let folder = try ScratchFolder()
    do {
      var writer = try writer("\(folder.path)/out")
      try append(rows, to: &writer)
      #expect(
        thrown { _ = try self.writer("\(folder.path)/out") }
          == "\(folder.path)/out.part: another run is writing it; "
          + "wait for it or name another output")
    }
    #expect(try folder.names == ["out.part"])
  }

  @Test func aLinkIsWrittenThrough() throws {
    let folder = try ScratchFolder()
    let link = "\(folder.path)/link"
    symlink("target", link)
    for _ in 0..<2 {
      var writer = try writer(link)
      try append(rows, to: &writer)
      try writer.finish()
      #expect(try folder.names == ["link", "target"])
      #expect(try folder.bytes("target") == Array(lines.utf8))
    }
  }

  @Test func aNumPyFileNamesItsRowsAtTheEnd() throws {
    let folder = try ScratchFolder()
    var writer = try writer("\(folder.path)/out.npy", .npy)
    try append(rows, to: &writer)
    #expect(numPyHeader.count == 128)
    // No number of rows: NumPy refuses it, as it should.
    let part = try folder.bytes("out.npy.part")
    #expect(part.count == 128 + 16)
    #expect(String(decoding: part[10..<90], as: UTF8.self).contains("(                    , 2)"))
    try writer.finish()
    #expect(try folder.bytes("out.npy") == numPyFile)
  }

  @Test func aPipeGetsAWholeNumPyFile() throws {
    let (readEnd, writeEnd) = makePipe()
    var writer = try writer("/dev/fd/\(writeEnd)", .npy)
    try append(rows, to: &writer)
    try writer.finish()
    close(writeEnd)
    #expect(received(from: readEnd) == numPyFile)
    close(readEnd)
  }

  @Test func aRedirectedFileIsWrittenInPlace() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("out", "head".utf8)
    for flags in [O_RDWR, O_RDWR | O_APPEND] {
      let descriptor = open(path, flags)
      lseek(descriptor, 0, SEEK_END)
      var writer = try writer("/dev/fd/\(descriptor)", .npy)
      try append(rows, to: &writer)
      try writer.finish()
      close(descriptor)
    }
    #expect(try folder.bytes("out") == Array("head".utf8) + numPyFile + numPyFile)
    #expect(try folder.names == ["out"])
  }

  @Test func aFullDeviceSaysSo() throws {
    var writer = try writer("/dev/full")
    #expect(
      thrown { try append(rows, to: &writer) }
        == "/dev/full: cannot write: No space left on device; free some space")
    var discarded = try self.writer("/dev/null")
    try append(rows, to: &discarded)
    try discarded.finish()
  }

  @Test func aReaderThatLeftIsNoError() throws {
    let (readEnd, writeEnd) = makePipe()
    defer { close(writeEnd) }
    var writer = try writer("/dev/fd/\(writeEnd)")
    close(readEnd)
    #expect(throws: BrokenPipe.self) { try append(rows, to: &writer) }
  }

  @Test func aFileBeyondItsLimitKeepsThePart() async {
    await #expect(processExitsWith: .success) {
      let folder = try ScratchFolder()
      var limit = rlimit(rlim_cur: 100, rlim_max: 100)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let output = try OutputFile("\(folder.path)/out")
      let words = thrown { try output.write([UInt8](repeating: 0x61, count: 200)) }
      precondition(
        words == "\(folder.path)/out: cannot write: File too large; raise the limit on a file's "
          + "size (ulimit -f); what was written so far is in \(folder.path)/out.part")
      let part = try folder.bytes("out.part")
      precondition(part.count == 100)
    }
  }

  @Test func outputsThatCannotBe() throws {
    let folder = try ScratchFolder()
    #expect(
      thrown { _ = try writer(folder.path) } == "\(folder.path): is a directory; name a file in it")
    #expect(
      thrown { _ = try writer("\(folder.path)/none/out") }
        == "\(folder.path)/none/out.part: cannot create: No such file or directory; "
        + "make its folder first")
    #expect(
      thrown { _ = try writer("/dev/fd/9999") }
        == "/dev/fd/9999: cannot write: Bad file descriptor; name another output")
    #expect(
      thrown { _ = try writer("") } == "the output's name is empty or has a NUL byte; name a file")
    symlink("loop", "\(folder.path)/loop")
    #expect(thrown { _ = try writer("\(folder.path)/loop") }.contains("Too many levels"))
  }
}

extension VectorWriter {
  /// Formats and writes rows.
  /// - `vectors`: a vector for each row that is not a problem, in their order.
  /// - `extras`: one for each of these vectors, or none at all.
  fileprivate mutating func append(
    rows: [InputRow], vectors: UnsafeBufferPointer<Float>, extras: [RowExtras] = []
  ) throws {
    var formatted: [UInt8] = []
    var position = 0
    for row in rows {
      formatter.format(
        row: row, .rows(Matrix(columns: dimensions, Array(vectors))), at: position,
        extras: extras.isEmpty || row.problem != nil ? nil : extras[position], into: &formatted)
      position += row.problem == nil ? 1 : 0
    }
    try write(formatted, rows: formatter.format.supportsMissingRows ? rows.count : position)
  }
}

import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct CSRFileTests {
  private let folder: ScratchFolder
  private let matrix = SparseMatrix(
    columns: 4,
    [
      .init(indices: [1, 3], values: [1.5, -2]), .init(),
      .init(indices: [0, 3], values: [0.25, 3]),
    ])

  init() throws { folder = try ScratchFolder() }

  private static func path(_ name: String) -> String { Recorded.path("sparse/\(name).npz") }

  private func archive(_ write: ((UnsafeRawBufferPointer) -> Void) throws -> Void) throws -> [UInt8]
  {
    var bytes: [UInt8] = []
    try write { bytes += $0 }
    return bytes
  }

  @Test(arguments: ["stored", "deflated", "array", "f8", "unsorted", "i8"])
  func eachFormIsRead(name: String) throws {
    let read = try CSRFile(Self.path(name)).matrix
    #expect(read.columns == 4 && read.rows == 3 && (0..<3).allSatisfy { read[$0] == matrix[$0] })
  }

  @Test func whatIsWrittenIsWhatTheReferenceWrites() throws {
    for (name, rows) in [("stored", matrix), ("empty", matrix.picked([]))] {
      let expected = try readFile(Self.path(name), limit: 1 << 20)
      #expect(try archive { try CSRFile.write(rows, $0) } == expected)
      let spool = CSRFile.spooled(rows)
      let found = try spool.withUnsafeBytes { spool in
        try archive { try CSRFile.write(spool: spool, columns: 4, name: "x", $0) }
      }
      #expect(found == expected)
    }
  }

  @Test func largeMatricesAreReadBack() throws {
    var samples = Samples(seed: 3)
    let rows = (0..<3000).map { row in
      SparseMatrix.Row(
        indices: (0..<Int32(row % 40)).map { $0 * 700 + 3 }, values: samples.floats(row % 40))
    }
    let large = SparseMatrix(columns: 30_000, rows)
    let path = try folder.write("x.npz", archive { try CSRFile.write(large, $0) })
    let read = try CSRFile(path).matrix
    #expect(read.rows == 3000 && (0..<3000).allSatisfy { read[$0] == large[$0] })
  }

  @Test func aSpoolThatWasCutOffHasItsWholeRows() {
    let spool = CSRFile.spooled(matrix)
    #expect(spool.count == 3 * 4 + 4 * 8)
    for length in 0...spool.count {
      let found = spool[..<length].withUnsafeBytes { CSRFile.wholeRows(in: $0) }
      let expected = length < 20 ? (0, 0) : length < 24 ? (1, 20) : length < 44 ? (2, 24) : (3, 44)
      #expect(found == expected)
    }
  }

  @Test func aSpoolOfOtherThingsIsRefused() {
    let good = CSRFile.spooled(matrix)
    for bad in [
      Array(good.dropLast()), good + [1], [255, 255, 255, 255] + good,
      CSRFile.spooled(SparseMatrix(columns: 9, [.init(indices: [4], values: [1])])),
      Array(good[..<4]) + good[8..<12] + good[4..<8] + good[12...],
    ] {
      let error = #expect(throws: FileError.self) {
        try bad.withUnsafeBytes { try CSRFile.write(spool: $0, columns: 4, name: "x") { _ in } }
      }
      #expect(
        error?.description
          == "x is damaged: it does not hold whole rows of 4 columns; make it again")
    }
  }

  @Test(arguments: [
    (
      "csc",
      ": its matrix is `csc`, should be csr; save it with scipy.sparse.save_npz(path, "
        + "matrix.tocsr())"
    ),
    (
      "integers",
      ": data: its numbers are `<i4`, should be <f4 (or <f2, <f8); save it with "
        + "numpy.save(path, array.astype('float32'))"
    ),
    (
      "cube", ": its shape is (1, 3, 4), should be (rows, columns) of at most 16777216 columns"
    ),
    ("columns", ": names column 4 of 4; make it again"),
    ("negative", ": names column -1 of 4; make it again"),
    (
      "twice",
      ": row 0, counted from 0, has a column twice; save it again after matrix.sum_duplicates()"
    ),
    (
      "falling",
      ": its indptr, indices and data do not fit each other: 4 places of 3 rows, 4 columns, "
        + "4 numbers; make it again"
    ),
    (
      "short",
      ": its indptr, indices and data do not fit each other: 4 places of 3 rows, 4 columns, "
        + "3 numbers; make it again"
    ),
  ])
  func whatFitsNotIsRefused(name: String, reason: String) {
    let path = Self.path("refused-\(name)")
    let error = #expect(throws: FileError.self) { try CSRFile(path) }
    #expect(error?.description == path + reason)
  }

  @Test func anArchiveOfOtherThingsIsRefused() throws {
    let path = Recorded.path("sparse/packed.zip")
    let error = #expect(throws: FileError.self) { try CSRFile(path) }
    #expect(
      error?.description
        == "\(path) has no array `format`; give a file that scipy.sparse.save_npz wrote of a csr "
        + "matrix")
  }

  @Test func aFileThatIsCutOffOrChangedIsNoticed() throws {
    var samples = Samples(seed: 6)
    for name in ["stored", "deflated"] {
      let whole = try readFile(Self.path(name), limit: 1 << 20)
      for length in 0..<whole.count where length % 7 == 0 {
        let path = try folder.write("x.npz", whole[..<length])
        #expect(throws: FileError.self) { try CSRFile(path) }
      }
      for _ in 0..<200 {
        var changed = whole
        changed[samples.int(below: whole.count)] ^= UInt8(1 << samples.int(below: 8))
        let path = try folder.write("x.npz", changed)
        // Dates, versions and permissions may be any.
        guard let read = try? CSRFile(path).matrix else { continue }
        #expect((0..<3).allSatisfy { read[$0] == matrix[$0] })
      }
    }
  }
}

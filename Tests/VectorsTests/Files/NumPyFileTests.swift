import Glibc
import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct NumPyFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test(arguments: ["f4", "f8", "f2", "version-1", "version-2", "version-3"])
  func eachFormIsRead(name: String) throws {
    let matrix = try NumPyFile(Recorded.path("forms/\(name).npy")).matrix
    #expect(matrix.rows == 3 && matrix.columns == 4)
    #expect((0..<3).flatMap { matrix[$0] } == (0..<12).map { Float($0) / 4 - 1 })
  }

  @Test func aMatrixMayHaveNoRows() throws {
    let matrix = try NumPyFile(Recorded.path("forms/empty.npy")).matrix
    #expect(matrix.rows == 0 && matrix.columns == 4)
  }

  @Test(arguments: [
    (
      "fortran",
      "the array is in Fortran order, should be in C order; save it with "
        + "numpy.save(path, numpy.ascontiguousarray(array))"
    ),
    (
      "big-endian",
      "its numbers are `>f4`, should be <f4 (or <f2, <f8); save it with "
        + "numpy.save(path, array.astype('float32'))"
    ),
    (
      "int8",
      "its numbers are `|i1`, should be <f4 (or <f2, <f8); save it with "
        + "numpy.save(path, array.astype('float32'))"
    ),
    ("vector", "the array's shape is (4), should be (rows, dimensions)"),
    ("cube", "the array's shape is (1, 3, 4), should be (rows, dimensions)"),
    (
      "record",
      "its header does not say descr, fortran_order and shape of one array of numbers; "
        + "the file is damaged, or was not finished"
    ),
  ])
  func otherFormsAreRefused(name: String, reason: String) {
    let path = Recorded.path("forms/\(name).npy")
    let error = #expect(throws: FileError.self) { try NumPyFile(path) }
    #expect(error?.description == "\(path): \(reason)")
  }

  @Test(arguments: 0..<176)
  func aFileThatIsCutOffIsRefused(length: Int) throws {
    let whole = try readFile(Recorded.path("forms/f4.npy"), limit: 1000)
    #expect(whole.count == 176)
    let path = try folder.write("x.npy", whole[..<length])
    #expect(throws: FileError.self) { try NumPyFile(path) }
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ((((((3, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } x",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}",
    "{'descr': '<f4', 'shape': (3, 4)}", "{'descr': '<f4", "{", "", "[]", "{'shape'}",
    "{'descr': '<f4', 'fortran_order': None, 'shape': (3, 4)}",
    "{'descr': '<\\x664', 'fortran_order': False, 'shape': (3, 4)}",
  ])
  func aHostileHeaderIsRefused(text: String) throws {
    for length in [text.utf8.count, 0xFFFF] {
      let head = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      let path = try folder.write("x.npy", head + text.utf8 + [UInt8](repeating: 0, count: 48))
      #expect(throws: FileError.self) { try NumPyFile(path) }
    }
  }

  @Test func aShortHeaderLeavesNumbersAtAnyOffset() throws {
    let text = "{'descr':'<f4','fortran_order':False,'shape':(1,2)}"
    for spaces in 0..<4 {
      let padded = text + String(repeating: " ", count: spaces)
      let head = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]
      let path = try folder.write("x.npy", head + padded.utf8 + [0, 0, 128, 63, 0, 0, 0, 64])
      #expect(try NumPyFile(path).matrix[0] == [1, 2])
    }
  }

  @Test func aFileThatShrinksIsNoticed() throws {
    let whole = try readFile(Recorded.path("forms/f4.npy"), limit: 1000)
    let path = try folder.write("x.npy", whole)
    let file = try NumPyFile(path)
    try file.checkIntact()
    truncate(path, 100)
    #expect(throws: FileError.self) { try file.checkIntact() }
  }
}

import Foundation
import Glibc
import TestSupport
import Testing

/// What every command that takes vectors does with files that are none.
@Suite struct NumPyInputTests {
  private static let row = [Float](repeating: 0.25, count: 32)

  /// Where a command takes vectors: `BAD` is the spoilt file, `GOOD` one of two rows of 32 numbers.
  private static let places = [
    "search --vectors BAD --queries GOOD", "search --vectors GOOD --queries BAD",
    "search -m MODEL --vectors BAD x", "cluster --kmeans 1 --vectors BAD",
    "cluster --agglomerative --count 1 --vectors BAD",
    "cluster --kmeans 2 --vectors GOOD --init BAD",
    "cluster --communities --threshold 0.5 --vectors BAD --plot plot.svg",
    "encode -m MODEL --quantize int8 --calibration BAD",
  ]

  private static let noNumPy =
    " is not a NumPy file: it should begin with \\x93NUMPY; give a .npy file"
  private static let noHeader =
    ": its header does not say descr, fortran_order and shape of one array of numbers; the file is "
    + "damaged, or was not finished"
  private static let notFinite =
    ": row 1, counted from 0, has a number that is not finite, or larger than 1e15; vectors of text "
    + "are not, make it again"
  private static func bytes(_ found: String, _ rows: String, _ count: Int) -> String {
    " is \(found): \(rows) × 32 numbers of 4 bytes do not take the \(count) bytes after its header; "
      + "make it again"
  }

  /// Files and what messages say behind their names.
  private static let files: [(name: String, bytes: [UInt8], problem: String)] = [
    ("empty.npy", [], noNumPy), ("text.npy", Array("a text\n".utf8), noNumPy),
    ("cut.npy", npy(row + row, columns: 32).dropLast(), bytes("cut off", "2", 255)),
    (
      "head.npy", Array(npy(row + row, columns: 32).prefix(40)),
      ": its header claims 60 bytes; the file is cut off or damaged"
    ),
    ("long.npy", npy(row + row, columns: 32) + [0], bytes("too long", "2", 257)),
    (
      "fortran.npy", npy(row + row, columns: 32, isFortran: true),
      ": the array is in Fortran order, should be in C order; save it with numpy.save(path, "
        + "numpy.ascontiguousarray(array))"
    ),
    (
      "flat.npy", npy(row + row, columns: 32, shape: "(64,)"),
      ": the array's shape is (64), should be (rows, dimensions)"
    ),
    (
      "huge.npy", npy(row, columns: 32, shape: "(4611686018427387904, 32)"),
      bytes("cut off", "4611686018427387904", 128)
    ),
    (
      "wide.npy", npy([], columns: 32, shape: "(9223372036854775807, 0)"),
      ": the array's shape is (9223372036854775807, 0), should be (rows, dimensions)"
    ),
    ("negative.npy", npy(row, columns: 32, shape: "(-1, 32)"), noHeader),
    ("nested.npy", npy(row, columns: 32, shape: "((((1, 32), 2)"), noHeader),
    ("nan.npy", npy(row + row.dropLast() + [.nan], columns: 32), notFinite),
    ("infinite.npy", npy(row + row.dropLast() + [-.infinity], columns: 32), notFinite),
  ]

  @Test(arguments: places, files.map(\.name))
  func aSpoiltFileIsNamed(_ place: String, _ name: String) throws {
    let folder = try ScratchFolder()
    let file = try #require(Self.files.first { $0.name == name })
    try folder.write(name, file.bytes)
    try folder.write("good.npy", npy(Self.row + Self.row, columns: 32))
    let words = place.split(separator: " ").map { word in
      switch word {
      case "BAD": name
      case "GOOD": "good.npy"
      case "MODEL": Models.tiny
      default: String(word)
      }
    }
    var command = try embedCommand(words)
    command.folder = folder.path
    let result = try command(Array("a\n".utf8))
    // Without a record, vectors are refused before their numbers are looked at.
    let unrecorded = words.last == "x" && file.problem == Self.notFinite
    expectFailure(
      result,
      message: unrecorded
        ? "\(name).json is missing, the record of what made \(name); make the vectors again with "
          + "embed search --corpus FILE --save \(name)"
        : name + file.problem)
    #expect(try folder.names == ["good.npy", name].sorted())
  }

  private static let notCopied =
    ": its 137438953472 numbers cannot be used where they lie, and more than 1073741824 are not "
    + "copied; save it again with numpy.save(path, array.astype('float32'))"
  private static let tooWide =
    ": its vectors have 137438953472 numbers each, at most 1048576 are taken; give vectors of text"

  @Test(arguments: [
    // A header of another length, so that no number lies where it can be used.
    ("search --vectors BAD --queries BAD", "(68719476736, 2)", 1, notCopied),
    ("search --vectors BAD --queries BAD", "(1, 137438953472)", 0, tooWide),
    ("search -m MODEL --vectors BAD x", "(1, 137438953472)", 0, tooWide),
    (
      "cluster --kmeans 2 --vectors BAD", "(68719476736, 2)", 0,
      " has 68719476736 rows, should have at most 30000000; give fewer"
    ),
    ("cluster --kmeans 2 --vectors BAD", "(68719476736, 2)", 1, notCopied),
    (
      "cluster --communities --threshold 0.5 --vectors BAD", "(34359738368, 4)", 0,
      " has 34359738368 rows, should have at most 30000000; give fewer"
    ),
  ])
  func aClaimAloneTakesNoMemory(
    _ place: String, _ shape: String, _ spaces: Int, _ problem: String
  ) throws {
    let folder = try ScratchFolder()
    let words = place.split(separator: " ").map {
      ["BAD": "a.npy", "MODEL": Models.tiny][$0] ?? String($0)
    }
    let head = npy([], columns: 2, shape: shape)
    // So many spaces more that the numbers begin at a multiple of four, or not.
    let count = (4 - head.count % 4) % 4 + spaces
    var padded = head + [UInt8](repeating: 0x20, count: count)
    padded[8] += UInt8(count)
    let file = try folder.write("a.npy", padded)
    // Half a terabyte that is nowhere on the disk.
    try #require(truncate(file, padded.count + 549_755_813_888) == 0)
    var command = try embedCommand(words)
    command.folder = folder.path
    expectFailure(try command(), message: "a.npy" + problem)
  }

  @Test(arguments: places)
  func aFolderIsNoFile(_ place: String) throws {
    let folder = try ScratchFolder()
    try folder.write("a.npy/b", "")
    let good = try folder.write("good.npy", npy(Self.row + Self.row, columns: 32))
    let words = place.split(separator: " ").map { word in
      ["BAD": "\(folder.path)/a.npy", "GOOD": good, "MODEL": Models.tiny][word] ?? String(word)
    }
    expectFailure(
      try embedCommand(words)(Array("a\n".utf8)),
      message: "\(folder.path)/a.npy is a directory, should be a file")
  }
}

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

  private static let files: [(name: String, bytes: [UInt8], word: String)] = [
    ("empty.npy", [], "NumPy"), ("text.npy", Array("a text\n".utf8), "NumPy"),
    ("cut.npy", npy(row + row, columns: 32).dropLast(), "cut off"),
    ("head.npy", Array(npy(row + row, columns: 32).prefix(40)), "header"),
    ("long.npy", npy(row + row, columns: 32) + [0], "too long"),
    ("fortran.npy", npy(row + row, columns: 32, isFortran: true), "Fortran order"),
    ("flat.npy", npy(row + row, columns: 32, shape: "(64,)"), "shape"),
    ("huge.npy", npy(row, columns: 32, shape: "(4611686018427387904, 32)"), "cut off"),
    ("wide.npy", npy([], columns: 32, shape: "(9223372036854775807, 0)"), "shape"),
    ("negative.npy", npy(row, columns: 32, shape: "(-1, 32)"), "header"),
    ("nested.npy", npy(row, columns: 32, shape: "((((1, 32), 2)"), "header"),
    ("nan.npy", npy(row + row.dropLast() + [.nan], columns: 32), "row 1"),
    ("infinite.npy", npy(row + row.dropLast() + [-.infinity], columns: 32), "row 1"),
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
    let unrecorded = words.last == "x" && file.word == "row 1"
    expectFailure(result, [name, unrecorded ? "missing" : file.word])
    #expect(try folder.names == ["good.npy", name].sorted())
  }

  @Test(arguments: [
    // A header of another length, so that no number lies where it can be used.
    ("search --vectors BAD --queries BAD", "(68719476736, 2)", 1, "not copied"),
    ("search --vectors BAD --queries BAD", "(1, 137438953472)", 0, "137438953472 numbers each"),
    ("search -m MODEL --vectors BAD x", "(1, 137438953472)", 0, "137438953472 numbers each"),
    ("cluster --kmeans 2 --vectors BAD", "(68719476736, 2)", 0, "at most 30000000"),
    ("cluster --kmeans 2 --vectors BAD", "(68719476736, 2)", 1, "not copied"),
    (
      "cluster --communities --threshold 0.5 --vectors BAD", "(34359738368, 4)", 0,
      "at most 30000000"
    ),
  ])
  func aClaimAloneTakesNoMemory(_ place: String, _ shape: String, _ spaces: Int, _ word: String)
    throws
  {
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
    expectFailure(try command(), ["a.npy", word])
  }

  @Test(arguments: places)
  func aFolderIsNoFile(_ place: String) throws {
    let folder = try ScratchFolder()
    try folder.write("a.npy/b", "")
    let good = try folder.write("good.npy", npy(Self.row + Self.row, columns: 32))
    let words = place.split(separator: " ").map { word in
      ["BAD": "\(folder.path)/a.npy", "GOOD": good, "MODEL": Models.tiny][word] ?? String(word)
    }
    expectFailure(try embedCommand(words)(Array("a\n".utf8)), ["a.npy is a directory"])
  }
}

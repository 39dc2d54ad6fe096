import TestSupport
import Testing

@testable import embed

/// Files that are no text, or text of another kind.
@Suite struct FileKindTests {
  private static let rows = "export its rows as csv or JSON lines"
  private static let zip =
    "is a zip archive, as Office's and NumPy's files are, not text; unpack it, or save the sheet as csv"

  @Test(
    arguments: [
      ("PK\u{3}\u{4}\u{14}", zip), ("PAR1\u{15}", "is a Parquet file, not text; \(rows)"),
      ("ARROW1\0\0", "is an Arrow file, not text; \(rows)"),
      ("SQLite format 3\0", "is an SQLite database, not text; \(rows)"),
      ("%PDF-1.7\n", "is a PDF, not text; take its text out: pdftotext FILE"),
      ("{\\rtf1", "is a document with a layout, not text; save it as plain text (UTF-8)"),
      ("RIFF1234WEBP", "is an image, not text; only texts are read"),
      ("GIF89a", "is an image, not text; only texts are read"),
      ("ID3\u{3}", "is a recording, not text; transcribe it: only texts are read"),
      ("BZh91AY&SY", "is compressed (bzip2), not text; unpack it: bzip2 -dc FILE | embed …"),
      ("LZIP\u{1}", "is compressed (lzip), not text; unpack it: lzip -dc FILE | embed …"),
      ("\u{7F}ELF", "is a program, not text; only texts are read"),
      ("\u{10}\0\0\0\0\0\0\0{", "holds a model's weights, not text; a model is named by -m"),
      (
        "version https://git-lfs.github.com/spec/v1\noid",
        "is a git-lfs pointer in place of the file, not text; fetch it with `git lfs pull`"
      ),
    ] as [(String, String)])
  func isNamedByItsFirstBytes(_ start: String, _ message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f.csv", start)
    // Whatever the user says that it is.
    for format in [nil, InputFormat.lines, .files] {
      #expect(
        thrown { _ = try RowReader([path], as: TextFormat(format: format)) }
          == "\(path): \(message.replacing("FILE", with: path))")
    }
  }

  @Test(
    arguments: [
      ([0x89, 0x50, 0x4E, 0x47], "is an image"), ([0xFF, 0xD8, 0xFF, 0xE0], "is an image"),
      ([0x93] + Array("NUMPY".utf8), "is an array of NumPy"), ([0x80, 4], "is a pickle"),
      ([0xFD] + Array("7zXZ".utf8) + [0], "is compressed (xz)"),
      ([0x28, 0xB5, 0x2F, 0xFD], "is compressed (Zstandard)"),
      ([0xD0, 0xCF, 0x11, 0xE0], "is a file of an old Office"),
      ([UInt8](repeating: 0x61, count: 257) + Array("ustar\0".utf8), "is a tar archive"),
    ] as [([UInt8], String)])
  func bytesThatAreNoLettersShowIt(_ start: [UInt8], _ what: String) throws {
    let refusal = try #require(FileKind(start)?.refusal("stdin", .utf8))
    #expect(refusal.hasPrefix("stdin: \(what), not text; "))
  }

  @Test func standardInputAndWhatWasPackedAreLookedAtToo() throws {
    expectFailure(
      try encode(input: "PAR1\u{15}"),
      message: "stdin: is a Parquet file, not text; \(Self.rows)")
    expectFailure(
      try embedCommand(["encode", "-m", Models.tiny])(gzipped("PAR1\u{15}")),
      message: "stdin: is a Parquet file, not text; \(Self.rows)")
  }

  @Test(
    arguments: [
      ("f.parquet", "is a Parquet file by its ending, .parquet, not text; \(rows)"),
      ("f.XLSX", "is a spreadsheet by its ending, .xlsx, not text; save the sheet as csv (UTF-8)"),
      ("f.npy", "is an array of NumPy by its ending, .npy, not text; only texts are read here"),
      (
        "f.tar.gz",
        "is a tar archive by its ending, .tar, not text; unpack it, and name the files in it"
      ),
    ] as [(String, String)])
  func anEndingThatPromisesNoTextIsRefused(_ name: String, _ message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(name, "a\n")
    #expect(
      thrown { _ = try RowReader([path]) } == "\(path): \(message), or say what it is with --input")
    #expect(try allRows([path], format: .lines).map(brief) == ["a"])
  }

  @Test(
    arguments: [
      "", "P", "PK", "PK is a zip\n", "PARIS\n", "BM is an image\n", "ID3 trees\n", "BZh\n",
      "RIFF\n", "Obj",
      "a\0b\n", "\0\n", "a\0\nb\0\n", "{\"text\":1}", "a\u{1F}\u{8B}", "version 1\n",
      "GGUF is a format\n",
    ])
  func textStaysText(_ text: String) { #expect(FileKind(Array(text.utf8)) == nil) }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0], "UTF-16", "a byte order mark"),
      ([0xFE, 0xFF, 0, 0x61], "UTF-16", "a byte order mark"),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32", "a byte order mark"),
      ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32", "a byte order mark"),
      ([0x61, 0, 0x62, 0, 0x0A, 0], "UTF-16LE", "NULs between its letters"),
      ([0, 0x61, 0, 0x62, 0, 0x0A], "UTF-16BE", "NULs between its letters"),
      ([0x61, 0, 0, 0, 0x62, 0, 0, 0], "UTF-32LE", "NULs between its letters"),
      ([0, 0, 0, 0x61, 0, 0, 0, 0x62], "UTF-32BE", "NULs between its letters"),
    ] as [([UInt8], String, String)])
  func wideTextIsRefusedUnlessItIsSaid(_ bytes: [UInt8], _ name: String, _ sign: String) throws {
    let kind = try #require(FileKind(bytes))
    #expect(
      kind.refusal("f", .utf8)
        == "f: is \(name), by \(sign), should be UTF-8; read it with --encoding \(name.lowercased()), "
        + "or convert it: iconv -f \(name) -t UTF-8 f")
    #expect(kind.refusal("f", try TextEncoding.named(name)) == nil)
    let folder = try ScratchFolder()
    let path = try folder.write("f", bytes)
    let encoding = try TextEncoding.named(name)
    var reader = try RowReader([path], as: TextFormat(encoding: encoding))
    #expect(try reader.window()?.compactMap(\.text).first?.first == 0x61)
  }
}

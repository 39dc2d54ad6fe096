/// How the files of a kind begin.
struct Signature {
  let kind: FileKind
  /// `nil` stands for any byte.
  let bytes: [UInt8?]

  /// - `pattern`: a character for each byte, by its number; `?` for any.
  private init(_ kind: FileKind, _ pattern: String) {
    self.kind = kind
    bytes = pattern.unicodeScalars.map { $0 == "?" ? nil : UInt8(truncatingIfNeeded: $0.value) }
  }

  /// Whether these may be the first bytes of such a file.
  func mayBegin(_ head: [UInt8]) -> Bool { zip(bytes, head).allSatisfy { $0 == nil || $0 == $1 } }

  /// The kind that an ending promises, where that is no text.
  static func ofEnding(_ ending: String) -> FileKind? {
    endings.first { $0.endings.split(separator: " ").contains { $0 == ending } }?.kind
  }
}

private func other(_ what: String, _ advice: String) -> FileKind { .other(what, advice: advice) }

private func packed(_ name: String, _ tool: String) -> FileKind {
  other("is compressed (\(name))", "unpack it: \(tool) -dc FILE | embed …")
}

private let rows = "export its rows as csv or JSON lines"
private let unpack = "unpack it, and name the files in it"
private let parquet = other("is a Parquet file", rows)
private let arrow = other("is an Arrow file", rows)
private let avro = other("is an Avro file", rows)
private let database = other("is an SQLite database", rows)
private let hdf = other("is an HDF5 file", rows)
private let workbook = other("is a spreadsheet", "save the sheet as csv (UTF-8)")
private let document = other("is a document with a layout", "save it as plain text (UTF-8)")
private let pdf = other("is a PDF", "take its text out: pdftotext FILE")
private let array = other("is an array of NumPy", "only texts are read here")
private let weights = other("holds a model's weights", "a model is named by -m")
private let pickle = other("is a pickle", rows)
private let image = other("is an image", "only texts are read")
private let sound = other("is a recording", "transcribe it: only texts are read")
private let tar = other("is a tar archive", unpack)
private let zipArchive = other(
  "is a zip archive, as Office's and NumPy's files are", "unpack it, or save the sheet as csv")
private let sevenZip = other("is a 7z archive", unpack)
private let rar = other("is a rar archive", unpack)

extension Signature {
  // Where the first letters might be a text's, the bytes behind them cannot be.
  static let known: [Signature] = [
    .init(.gzip, "\u{1F}\u{8B}"),
    .init(.wideText("UTF-32", hasMark: true), "\u{FF}\u{FE}\0\0"),
    .init(.wideText("UTF-32", hasMark: true), "\0\0\u{FE}\u{FF}"),
    .init(.wideText("UTF-16", hasMark: true), "\u{FF}\u{FE}"),
    .init(.wideText("UTF-16", hasMark: true), "\u{FE}\u{FF}"),
    .init(zipArchive, "PK\u{3}\u{4}"), .init(zipArchive, "PK\u{5}\u{6}"), .init(parquet, "PAR1"),
    .init(arrow, "ARROW1"), .init(arrow, "\u{FF}\u{FF}\u{FF}\u{FF}"), .init(arrow, "FEA1"),
    .init(avro, "Obj\u{1}"), .init(hdf, "\u{89}HDF"), .init(database, "SQLite format 3\0"),
    .init(
      other("is a file of an old Office", "save it as csv or as plain text"),
      "\u{D0}\u{CF}\u{11}\u{E0}"),
    .init(pdf, "%PDF-"), .init(document, "{\\rtf"),
    .init(image, "\u{89}PNG"), .init(image, "\u{FF}\u{D8}\u{FF}"), .init(image, "GIF87a"),
    .init(image, "GIF89a"), .init(image, "II*\0"), .init(image, "MM\0*"),
    .init(image, "RIFF????WEBP"), .init(image, "BM????\0\0\0\0"),
    .init(sound, "RIFF????WAVE"), .init(sound, "ID3\u{2}"), .init(sound, "ID3\u{3}"),
    .init(sound, "ID3\u{4}"), .init(sound, "OggS\0"), .init(sound, "fLaC\0"),
    .init(sound, "\0\0\0?ftyp"),
    .init(array, "\u{93}NUMPY"), .init(weights, "???\0\0\0\0\0{"), .init(weights, "GGUF?\0\0\0"),
    .init(pickle, "\u{80}\u{2}"), .init(pickle, "\u{80}\u{3}"), .init(pickle, "\u{80}\u{4}"),
    .init(pickle, "\u{80}\u{5}"),
    .init(packed("bzip2", "bzip2"), "BZh?1AY&SY"),
    .init(packed("bzip2", "bzip2"), "BZh?\u{17}rE8P\u{90}"),
    .init(packed("xz", "xz"), "\u{FD}7zXZ\0"),
    .init(packed("Zstandard", "zstd"), "(\u{B5}/\u{FD}"),
    .init(packed("LZ4", "lz4"), "\u{4}\"M\u{18}"), .init(packed("lzip", "lzip"), "LZIP\u{1}"),
    .init(packed("compress", "gzip"), "\u{1F}\u{9D}"),
    .init(sevenZip, "7z\u{BC}\u{AF}'\u{1C}"), .init(rar, "Rar!\u{1A}\u{7}"),
    .init(other("is a program", "only texts are read"), "\u{7F}ELF"),
    .init(
      other("is a git-lfs pointer in place of the file", "fetch it with `git lfs pull`"),
      "version https://git-lfs.github.com/spec/v1\n"),
  ]

  fileprivate static let endings: [(endings: String, kind: FileKind)] = [
    ("parquet parq", parquet), ("arrow feather ipc", arrow), ("avro", avro),
    ("orc", other("is an ORC file", rows)), ("h5 hdf5", hdf), ("sqlite sqlite3 duckdb", database),
    ("xlsx xlsm xlsb xls ods", workbook), ("docx doc odt rtf pptx ppt epub", document),
    ("pdf", pdf), ("npy npz", array), ("safetensors gguf", weights), ("pkl pickle", pickle),
    ("png jpg jpeg gif webp tif tiff bmp heic", image), ("mp3 mp4 wav ogg flac m4a", sound),
    ("zip", zipArchive), ("tar tgz", tar), ("7z", sevenZip), ("rar", rar),
    ("bz2", packed("bzip2", "bzip2")), ("xz", packed("xz", "xz")),
    ("zst", packed("Zstandard", "zstd")), ("lz4", packed("LZ4", "lz4")),
    ("lz", packed("lzip", "lzip")),
  ]
}

import Testing

struct ZipTests {
  typealias Change = @Sendable (inout ZipBytes) -> Void

  /// `archive/data/0`, by its place in the archive.
  private static let storage = 2

  static let allowed: [Change] = [
    { _ in },
    { $0.large = (nil, nil) },
    {
      $0.large = (nil, nil)
      $0.count = .max
      $0.directorySize = nil
    },
    // As torch writes it: nothing in front of a file, its sizes behind it.
    {
      $0.files[storage].flags = 0x808
      $0.files[storage].ownSize = 0
      $0.files[storage].tail = [UInt8](repeating: 0, count: 16)
    },
    {
      $0.files[storage].flags = 0x808
      $0.files[storage].ownSize = 0
      $0.files[storage].tail = [UInt8](repeating: 0, count: 24)
    },
    // 64-bit sizes where 32 would do.
    {
      $0.files[storage].size = .max
      $0.files[storage].ownSize = .max
      $0.files[storage].extra =
        [9, 9, 1, 0, 0] + little(UInt16(1)) + little(UInt16(16)) + little(UInt64(24))
        + little(UInt64(24))
    },
    { $0.files.append(.init(name: "archive/more", bytes: [1])) },
    { $0.files.reverse() },
  ]

  @Test(arguments: allowed.indices)
  func archivesThatSayTheTruthAreRead(_ change: Int) throws {
    var zip = ZipBytes.torch()
    Self.allowed[change](&zip)
    #expect(try torchFailure(zip.bytes) == nil)
  }

  static let refused: [(Change, String)] = [
    (
      { $0.comment = [1] },
      "F does not end as a zip archive does: it is cut short, or something follows it"
    ),
    // An end record in the comment, and a comment that is one.
    (
      { $0.comment = Array(ZipBytes.torch().bytes.suffix(22)) },
      "F: the archive's directory is not where its end record says: it is damaged"
    ),
    (
      { $0.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 16) + [1, 0] },
      "F: the archive ends with a comment, should end with its directory"
    ),
    ({ $0.front = [0] }, "F is no file that `torch.save` writes; save the model as safetensors"),
    (
      { $0.front = ZipBytes.torch().bytes },
      "F: the archive's part at byte 564 should begin at 0: it is damaged, or hides "
        + "something"
    ),
    (
      { $0.front = Array("PK\u{3}\u{4}".utf8) },
      "F: the archive's part at byte 4 should begin at 0: it is damaged, or hides "
        + "something"
    ),
    ({ $0.count = 2 }, "F: the archive's directory has more in it than 2 files"),
    (
      { $0.count = 4 },
      "F (directory) is cut short: byte 185 should be followed by 4 bytes, there are 0"
    ),
    (
      { $0.count = .max },
      "F: the archive's directory is not where its end record says: it is damaged"
    ),
    ({ $0.disk = 1 }, "F: the archive's directory is not where its end record says: it is damaged"),
    (
      { $0.directoryOffset = .max },
      "F: the archive's directory is not where its end record says: it is damaged"
    ),
    (
      { $0.directoryOffset = 3 },
      "F: the archive's directory is not where its end record says: it is damaged"
    ),
    (
      { $0.directorySize = 0 },
      "F: the archive's directory is not where its end record says: it is damaged"
    ),
    ({ $0.large = (1 << 31, nil) }, "F: the archive's two end records differ"),
    (
      {
        $0.large = (1 << 31, nil)
        $0.count = .max
      }, "F: the archive's directory is not where its end record says: it is damaged"
    ),
    (
      {
        $0.large = (.max, nil)
        $0.count = .max
      }, "F: the archive's directory is not where its end record says: it is damaged"
    ),
    ({ $0.large = (nil, 0) }, "F: the archive's 64-bit end record is damaged"),
    ({ $0.large = (nil, .max) }, "F: the archive's 64-bit end record is not where it should be"),
    ({ $0.files[storage].flags = 1 }, "F: `archive/data/0` in the archive is encrypted"),
    ({ $0.files[storage].flags = 1 << 13 }, "F: `archive/data/0` in the archive is encrypted"),
    (
      { $0.files[storage].method = 8 },
      "F: `archive/data/0` in the archive is compressed (method 8), which torch never does"
    ),
    ({ $0.files[storage].disk = 1 }, "F: `archive/data/0` in the archive lies outside of it"),
    (
      { $0.files[storage].size = 1 << 30 },
      "F: `archive/data/0` in the archive differs from what the directory says of it"
    ),
    (
      {
        $0.files[storage].size = 1 << 30
        $0.files[storage].ownSize = 1 << 30
      },
      "F: `archive/data/0` in the archive lies outside of it"
    ),
    (
      { $0.files[storage].storedSize = 23 }, "F: `archive/data/0` in the archive lies outside of it"
    ),
    (
      { $0.files[storage].offset = .max },
      "F: `archive/data/0` in the archive has a size or place that is missing"
    ),
    (
      { $0.files[storage].offset = 1 << 30 },
      "F: `archive/data/0` in the archive lies outside of it"
    ),
    (
      { $0.files[storage].offset = 1 },
      "F: `archive/data/0` in the archive has no header where the directory says"
    ),
    // The second file is read at the first one's place.
    (
      {
        $0.files[1].bytes = $0.files[0].bytes
        $0.files[1].ownName = "archive/data.pkl"
        $0.files[1].name = "archive/data.pkl"
        $0.files[1].offset = 0
      },
      "F: the archive's part at byte 0 should begin at 236: it is damaged, or hides "
        + "something"
    ),
    (
      {
        $0.files[storage].size = .max
        $0.files[storage].extra =
          little(UInt16(1)) + little(UInt16(16)) + little(UInt64.max) + little(UInt64.max)
      }, "F: `archive/data/0` in the archive lies outside of it"
    ),
    (
      {
        $0.files[storage].size = .max
        $0.files[storage].extra = little(UInt16(1)) + little(UInt16(4)) + [0, 0, 0, 0]
      },
      "F: `archive/data/0` in the archive is cut short: byte 0 should be followed by 8 "
        + "bytes, there are 4"
    ),
    (
      { $0.files[storage].tail = [0] },
      "F: the archive's part at byte 358 should begin at 357: it is damaged, or hides "
        + "something"
    ),
    (
      {
        $0.files[storage].flags = 8
        $0.files[storage].tail = [UInt8](repeating: 0, count: 25)
      },
      "F: the archive's part at byte 382 should begin at 357: it is damaged, or hides "
        + "something"
    ),
    (
      { $0.files[storage].ownName = "archive/data/1" },
      "F: `archive/data/0` in the archive differs from what the directory says of it"
    ),
    (
      { $0.files[storage].ownFlags = 1 },
      "F: `archive/data/0` in the archive differs from what the directory says of it"
    ),
    (
      { $0.files[storage].ownSize = 0 },
      "F: `archive/data/0` in the archive differs from what the directory says of it"
    ),
    (
      { $0.files.append(.init(name: "archive/data/0", bytes: Array(0..<24))) },
      "F: `archive/data/0` is in the archive twice"
    ),
    (
      { $0.files = [] },
      "F is an empty zip archive, or a part of one; save the model as safetensors"
    ),
  ]

  @Test(arguments: refused.indices)
  func lyingArchivesAreRefused(_ index: Int) throws {
    let (change, expected) = Self.refused[index]
    var zip = ZipBytes.torch()
    change(&zip)
    let message = try torchFailure(zip.bytes)
    #expect(message == expected)
  }
}

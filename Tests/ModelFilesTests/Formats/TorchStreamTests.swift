import Testing

struct TorchStreamTests {
  typealias Bytes = PickleBytes

  /// The stream of one tensor of six numbers, its parts to be changed.
  struct Stream: Sendable {
    var magic: [UInt8] = [
      0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    var version = 1001
    var machine = Bytes.dictionary + Bytes.string("little_endian") + Bytes.yes + Bytes.setItem
    var tensor = Bytes.tensor(Bytes.storage("94", more: [Bytes.none]))
    var keys = Bytes.list([Bytes.string("94")])
    var count: Int64 = 6
    var elements = [UInt8](0..<24)

    var bytes: [UInt8] {
      magic + Bytes.start + Bytes.int(version) + Bytes.stop + Bytes.start + machine + Bytes.stop
        + Bytes.root([("w", tensor)]) + Bytes.start + keys + Bytes.stop + little(count) + elements
    }
  }

  @Test func aStreamIsRead() throws { #expect(try torchFailure(Stream().bytes) == nil) }

  static let refused: [(@Sendable (inout Stream) -> Void, String)] = [
    ({ $0.magic[5] = 0 }, "F is no file that `torch.save` writes; save the model as safetensors"),
    ({ $0.version = 1002 }, "F has another version of torch's format, should have 1001"),
    (
      { $0.machine = Bytes.dictionary + Bytes.string("little_endian") + Bytes.no + Bytes.setItem },
      "F was written on a big-endian machine; save the model as safetensors"
    ),
    ({ $0.machine = Bytes.none }, "F does not tell the byte order of its numbers"),
    ({ $0.machine = Bytes.dictionary }, "F does not tell the byte order of its numbers"),
    (
      { $0.machine = Bytes.global("os", "system") },
      "F names `os.system`; only tensors of plain numbers are read; save it again as "
        + "safetensors"
    ),
    ({ $0.keys = Bytes.list([Bytes.string("95")]) }, "F lists a storage that no tensor is in"),
    ({ $0.keys = Bytes.list([Bytes.int(94)]) }, "F lists a storage that no tensor is in"),
    ({ $0.keys = Bytes.list([]) }, "F: storage `94` is missing"),
    ({ $0.keys = Bytes.tuple([]) }, "F does not list its storages"),
    (
      {
        $0.keys = Bytes.list([Bytes.string("94"), Bytes.string("94")])
        $0.elements += little(Int64(6)) + [UInt8](repeating: 0, count: 24)
      }, "F lists storage `94` twice"
    ),
    (
      { $0.keys = Bytes.list([Bytes.string("94"), Bytes.string("95")]) },
      "F lists a storage that no tensor is in"
    ),
    ({ $0.count = 5 }, "F: storage `94` has 5 elements, should have 6"),
    ({ $0.count = -1 }, "F: storage `94` has -1 elements, should have 6"),
    (
      { $0.elements.removeLast() },
      "F is cut short: byte 265 should be followed by 24 bytes, there are 23"
    ),
    ({ $0.elements.append(0) }, "F has 1 bytes after its last storage"),
    (
      {
        $0.tensor = Bytes.tensor(Bytes.storage("94", count: .max, more: [Bytes.none]))
        $0.count = .max
      }, "F: storage `94` has \(Int.max) elements, should have \(Int.max)"
    ),
    (
      {
        let part = Bytes.tuple([Bytes.string("95"), Bytes.int(0), Bytes.int(6)])
        $0.tensor = Bytes.tensor(Bytes.storage("94", more: [part]))
      }, "F, byte 184: storage `94` is a part of another; save it again as safetensors"
    ),
  ]

  @Test(arguments: refused.indices)
  func brokenStreamsAreRefused(_ index: Int) throws {
    let (change, expected) = Self.refused[index]
    var stream = Stream()
    change(&stream)
    let message = try torchFailure(stream.bytes)
    #expect(message == expected)
  }
}

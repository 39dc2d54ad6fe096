import ModelFiles
import Testing

struct PickleGrowthTests {
  typealias Bytes = PickleBytes

  /// `count` times the same operations.
  private static func repeated(_ operations: [UInt8], _ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    for _ in 0..<count { all += operations }
    return all
  }

  /// Pickles that grow in the reader: each must end at a limit, and soon.
  static let large: [([UInt8], String)] = [
    (
      PickleMachineTests.whole(repeated(Bytes.none, 200_000)),
      "F (data.pkl), byte 100002: the pickle's stack has more than 100000 values; save it "
        + "again as safetensors"
    ),
    (
      PickleMachineTests.whole(repeated(Bytes.mark, 200_000)),
      "F (data.pkl), byte 100002: the pickle has more than 100000 open marks; save it "
        + "again as safetensors"
    ),
    (
      PickleMachineTests.whole(
        Bytes.none, (0..<300_000).reduce(into: []) { $0 += [0x72] + little(UInt32($1)) }),
      "F (data.pkl), byte 1000003: the pickle remembers more than 200000 values; save it "
        + "again as safetensors"
    ),
    // Tuples in tuples.
    (
      PickleMachineTests.whole(Bytes.none, repeated([0x85], 1_000_000)),
      "F (data.pkl) has a pickle that is too long for any model; save it again as "
        + "safetensors"
    ),
    (
      PickleMachineTests.whole(Bytes.string(String(repeating: "x", count: 17 << 20)), Bytes.none),
      "F (data.pkl) has a pickle that is too long for any model; save it again as "
        + "safetensors"
    ),
    (
      PickleMachineTests.whole(
        Bytes.tensor(), Bytes.global("torch._utils", "_rebuild_tensor"), Bytes.put(1),
        Bytes.tuple([Bytes.storage(), Bytes.int(0), Bytes.integers([6]), Bytes.integers([1])]),
        Bytes.put(2), Bytes.reduce, Bytes.list,
        repeated(Bytes.get(1) + Bytes.get(2) + Bytes.reduce + Bytes.append, 100_000)),
      "F (data.pkl), byte 600303: there are more than 100000 tensors"
    ),
    // A string that is not there, of a file that may have holes.
    (
      PickleMachineTests.whole(Array("X".utf8), little(UInt32(17 << 20))),
      "F (data.pkl) has a pickle that is too long for any model; save it again as "
        + "safetensors"
    ),
    (
      PickleMachineTests.whole(
        Bytes.dictionary, Bytes.string("n"), Bytes.tensor(), Bytes.put(1), Bytes.setItem,
        (0..<100_000).flatMap { Bytes.string("\($0)") + Bytes.get(1) + Bytes.setItem }),
      "F has 100001 tensors, should be at most 100000"
    ),
    // A name of 1 MB, recalled 20 000 times: the second time is an error.
    (
      PickleMachineTests.whole(
        Bytes.dictionary, Bytes.string(String(repeating: "n", count: 1 << 20)), Bytes.put(0),
        Bytes.tensor(), Bytes.put(1), Bytes.setItem, Bytes.mark,
        repeated(Bytes.get(0) + Bytes.get(1), 20_000), Bytes.setItems),
      "F: "
        + "`nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…` "
        + "is there twice"
    ),
  ]

  @Test(.timeLimit(.minutes(5)), arguments: large.indices)
  func growthEndsAtALimit(_ index: Int) throws {
    let (pickle, expected) = Self.large[index]
    let message = try torchFailure(ZipBytes.torch(pickle).bytes)
    #expect(message == expected)
  }
}

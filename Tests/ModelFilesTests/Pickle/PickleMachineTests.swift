import ModelFiles
import Testing

struct PickleMachineTests {
  typealias Bytes = PickleBytes

  /// A pickle whose one value these operations make.
  private static func whole(_ operations: [UInt8]...) -> [UInt8] {
    operations.reduce(into: Bytes.start) { $0 += $1 } + Bytes.stop
  }

  static let refused: [([UInt8], String)] = [
    // Names.
    (
      whole(Bytes.global("os", "system"), Bytes.tuple([Bytes.string("id")]), Bytes.reduce),
      "F (data.pkl) names `os.system`; only tensors of plain numbers are read; "
        + "save it again as safetensors"
    ),
    (whole(Bytes.global("builtins", "eval")), "names `builtins.eval`"),
    (whole(Bytes.global("builtins", "getattr")), "names `builtins.getattr`"),
    (whole(Bytes.global("torch", "_utils._rebuild_tensor_v2")), "names `torch._utils._rebuild"),
    (whole(Bytes.global("torch._utils", "_rebuild_tensor_v2 ")), "names `torch._utils.\"_reb"),
    (whole(Bytes.global("torch", "load")), "names `torch.load`"),
    (whole(Bytes.global("torch", "ComplexFloatStorage")), "names `torch.ComplexFloatStorage`"),
    (whole(Bytes.global("torch", "QInt8Storage")), "names `torch.QInt8Storage`"),
    (whole(Bytes.global("", "")), "names `\"\".\"\"`"),
    (whole(Array("ctorch".utf8)), "names something without an end"),
    (
      whole(Bytes.global(String(repeating: "a", count: 300), "b")), "names something without an end"
    ),
    // Operations: STACK_GLOBAL, INST, OBJ, NEWOBJ, EXT1, FRAME, POP, DUP, PERSID, GET, BINBYTES.
    (
      whole(Bytes.string("os"), Bytes.string("system"), [0x93]),
      "byte 20: the pickle has operation 147"
    ),
    (whole(Bytes.mark, Array("ios\nsystem\n".utf8)), "has operation 105"),
    (whole(Bytes.mark, Array("o".utf8)), "has operation 111"),
    (whole([0x81]), "has operation 129"),
    (whole([0x82, 1]), "has operation 130"),
    (whole([0x95, 0, 0, 0, 0, 0, 0, 0, 0]), "has operation 149"),
    (whole(Bytes.none, Array("0".utf8)), "has operation 48"),
    (whole(Bytes.none, Array("2".utf8)), "has operation 50"),
    (whole(Array("P0\n".utf8)), "has operation 80"),
    (whole(Array("g0\n".utf8)), "has operation 103"),
    (whole(Array("B".utf8)), "has operation 66"),
    ([0x80, 4] + Bytes.none + Bytes.stop, "has protocol 4, should be 2"),
    (Array("(dp0\n.".utf8), "no pickle begins here"),
    // The memo.
    (whole(Bytes.get(0)), "recalls value 0, which it did not remember"),
    (whole(Array("j".utf8), little(UInt32.max)), "recalls value 4294967295"),
    (whole(Bytes.put(0)), "takes a value from an empty stack"),
    // The stack.
    (whole(), "ends with 0 values"),
    (whole(Bytes.none, Bytes.none), "ends with 2 values"),
    (whole(Bytes.mark, Bytes.none), "ends with 1 values, should end with 1"),
    (whole(Array("t".utf8)), "closes a mark that is not open"),
    (whole(Bytes.none, Bytes.mark, [0x85]), "takes a value from an empty stack"),
    (whole(Bytes.none, Bytes.mark, Bytes.build), "takes a value from an empty stack"),
    (whole(Bytes.reduce), "takes a value from an empty stack"),
    (whole(Bytes.list, Bytes.mark, Bytes.none, Bytes.append), "takes a value from an empty stack"),
    // Lengths.
    (whole(Array("X".utf8), little(UInt32.max)), "F (data.pkl) is cut short"),
    (whole([0x8A, 255]), "F (data.pkl) is cut short"),
    (whole([0x8A, 9], [UInt8](repeating: 1, count: 9)), "an integer of 9 bytes"),
    (whole(Array("X".utf8), little(UInt32(1)), [0xFF]), "a string that is not UTF-8"),
    (Bytes.start + Bytes.none, "F (data.pkl) is cut short"),
    (Bytes.root([]) + Bytes.root([]), "F (data.pkl) has 6 bytes after its pickle"),
    // Containers.
    (whole(Bytes.tuple([]), Bytes.none, Bytes.append), "appends to a tuple, should be a list"),
    (whole(Bytes.list, Bytes.none, Bytes.none, Bytes.setItem), "sets members of a list"),
    (whole(Bytes.tensor(), Bytes.none, Bytes.none, Bytes.setItem), "sets members of a tensor"),
    (whole(Bytes.dictionary, Bytes.mark, Bytes.none, Bytes.setItems), "sets a key without a value"),
    (whole(Bytes.dictionary, Bytes.none, Bytes.none, Bytes.setItem), "a dictionary's key is None"),
    (whole(Bytes.dictionary, Bytes.dictionary, Bytes.build), "gives attributes to a dictionary"),
    (whole(Bytes.tensor(), Bytes.dictionary, Bytes.build), "gives attributes to a tensor"),
    // Calls.
    (whole(Bytes.none, Bytes.tuple([]), Bytes.reduce), "calls None with a tuple"),
    (
      whole(Bytes.global("torch", "Size"), Bytes.list, Bytes.reduce),
      "calls a class or function with a list"
    ),
    (
      whole(Bytes.global("torch", "Size"), Bytes.tuple([]), Bytes.reduce),
      "arguments that do not fit"
    ),
    (
      whole(Bytes.global("torch", "FloatStorage"), Bytes.tuple([Bytes.int(1 << 40)]), Bytes.reduce),
      "arguments that do not fit"
    ),
    (
      whole(
        Bytes.global("torch._utils", "_rebuild_parameter"),
        Bytes.tuple([Bytes.none, Bytes.no, Bytes.none]), Bytes.reduce),
      "arguments that do not fit"
    ),
    (whole(Bytes.none, Bytes.persistentID), "refers to something that is no storage"),
    (
      whole(
        Bytes.tuple([Bytes.string("module"), Bytes.none, Bytes.none, Bytes.none, Bytes.none]),
        Bytes.persistentID),
      "refers to something that is no storage"
    ),
    (whole(Bytes.storage(count: -1)), "refers to something that is no storage"),
    (
      whole(Bytes.storage(more: [Bytes.tuple([Bytes.string("1"), Bytes.int(0), Bytes.int(1)])])),
      "storage `0` is a part of another"
    ),
    (whole(Bytes.tensor(Bytes.none)), "a tensor is not made of a storage"),
    (whole(Bytes.tensor(shape: [1, 1, 1, 1, 1, 1, 1, 1, 1])), "a tensor is not made of a storage"),
    // The root.
    (whole(Bytes.tensor()), "F holds a tensor, should hold a dictionary of tensors"),
    (Bytes.root([("w", Bytes.none)]), "F: `w` is None, should be a tensor"),
    (Bytes.root([("w", Bytes.tensor()), ("w", Bytes.tensor())]), "F: `w` is there twice"),
    (
      whole(Bytes.dictionary, Bytes.int(1), Bytes.tensor(), Bytes.setItem),
      "a dictionary with an integer as a key"
    ),
    (
      Bytes.root([
        (
          "state_dict",
          Bytes.dictionary + Bytes.string("state_dict") + Bytes.dictionary + Bytes.setItem
        )
      ]),
      "F: `state_dict` is a dictionary, should be a tensor"
    ),
  ]

  @Test(arguments: refused.indices)
  func whatIsNotATensorIsRefused(_ index: Int) throws {
    let (pickle, expected) = Self.refused[index]
    let message = try torchFailure(ZipBytes.torch(pickle).bytes)
    #expect(message?.contains(expected) == true, "\(message ?? "read"), expected \(expected)")
  }

  static let allowed: [[UInt8]] = [
    Bytes.root([]),
    Bytes.root([("model", Bytes.dictionary), ("epoch", Bytes.list([Bytes.int(-1), Bytes.yes]))]),
    Bytes.root([("model", Bytes.tensor())]),
    whole(Bytes.orderedDictionary, Bytes.dictionary, Bytes.build),
    whole(Bytes.orderedDictionary, Bytes.string("w"), Bytes.tensor(), Bytes.setItem),
    Bytes.root([("w", Bytes.tensor(more: [Bytes.dictionary])), ("v", Bytes.tensor())]),
    // A list and a dictionary that hold themselves, where nobody looks.
    Bytes.root([
      ("model", Bytes.dictionary), ("l", Bytes.list + Bytes.put(1) + Bytes.get(1) + Bytes.append),
      ("d", Bytes.dictionary + Bytes.put(2) + Bytes.string("d") + Bytes.get(2) + Bytes.setItem),
    ]),
    // 100 000 tuples, each in the next.
    Bytes.root([
      ("model", Bytes.dictionary), ("deep", Bytes.none + [UInt8](repeating: 0x85, count: 100_000)),
    ]),
  ]

  @Test(arguments: allowed.indices)
  func dataIsRead(_ index: Int) throws {
    #expect(try torchFailure(ZipBytes.torch(Self.allowed[index]).bytes) == nil)
  }

  /// Every wrapper is opened once: a dictionary in itself ends there.
  @Test func aDictionaryThatHoldsItselfIsRefused() throws {
    let pickle = Self.whole(
      Bytes.dictionary, Bytes.put(0), Bytes.string("model"), Bytes.get(0), Bytes.setItem)
    #expect(
      try torchFailure(ZipBytes.torch(pickle).bytes)?
        .contains("F: `model` is a dictionary, should be a tensor") == true)
  }

  /// `count` times the same operations.
  private static func repeated(_ operations: [UInt8], _ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    for _ in 0..<count { all += operations }
    return all
  }

  /// Pickles that grow in the reader: each must end at a limit, and soon.
  static let large: [([UInt8], String)] = [
    (whole(repeated(Bytes.none, 200_000)), "stack has more than 100000 values"),
    (whole(repeated(Bytes.mark, 200_000)), "more than 100000 open marks"),
    (
      whole(Bytes.none, (0..<300_000).reduce(into: []) { $0 += [0x72] + little(UInt32($1)) }),
      "remembers more than 200000 values"
    ),
    // Tuples in tuples.
    (whole(Bytes.none, repeated([0x85], 1_000_000)), "a pickle that is too long for any model"),
    (
      whole(Bytes.string(String(repeating: "x", count: 17 << 20)), Bytes.none),
      "a pickle that is too long for any model"
    ),
    (
      whole(
        Bytes.tensor(), Bytes.global("torch._utils", "_rebuild_tensor"), Bytes.put(1),
        Bytes.tuple([Bytes.storage(), Bytes.int(0), Bytes.integers([6]), Bytes.integers([1])]),
        Bytes.put(2), Bytes.reduce, Bytes.list,
        repeated(Bytes.get(1) + Bytes.get(2) + Bytes.reduce + Bytes.append, 100_000)),
      "there are more than 100000 tensors"
    ),
    // A name of 1 MB, recalled 20 000 times: the second time is an error.
    (
      whole(
        Bytes.dictionary, Bytes.string(String(repeating: "n", count: 1 << 20)), Bytes.put(0),
        Bytes.tensor(), Bytes.put(1), Bytes.setItem, Bytes.mark,
        repeated(Bytes.get(0) + Bytes.get(1), 20_000), Bytes.setItems), "is there twice"
    ),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: large.indices)
  func growthEndsAtALimit(_ index: Int) throws {
    let (pickle, expected) = Self.large[index]
    let message = try torchFailure(ZipBytes.torch(pickle).bytes)
    #expect(message?.contains(expected) == true, "\(message ?? "read"), expected \(expected)")
  }
}

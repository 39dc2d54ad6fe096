import ModelFiles
import Testing

struct PickleMachineTests {
  typealias Bytes = PickleBytes

  /// A pickle whose one value these operations make.
  static func whole(_ operations: [UInt8]...) -> [UInt8] {
    operations.reduce(into: Bytes.start) { $0 += $1 } + Bytes.stop
  }

  private static func named(_ name: String) -> String {
    "F (data.pkl) names `\(name)`; only tensors of plain numbers are read; save it again as "
      + "safetensors"
  }

  private static func operation(_ code: Int, at byte: Int) -> String {
    "F (data.pkl), byte \(byte): the pickle has operation \(code), which tensors do not need; save "
      + "it again as safetensors"
  }

  static let refused: [([UInt8], String)] = [
    // Names.
    (
      whole(Bytes.global("os", "system"), Bytes.tuple([Bytes.string("id")]), Bytes.reduce),
      named("os.system")
    ),
    (whole(Bytes.global("builtins", "eval")), named("builtins.eval")),
    (whole(Bytes.global("builtins", "getattr")), named("builtins.getattr")),
    (
      whole(Bytes.global("torch", "_utils._rebuild_tensor_v2")),
      named("torch._utils._rebuild_tensor_v2")
    ),
    (
      whole(Bytes.global("torch._utils", "_rebuild_tensor_v2 ")),
      named("torch._utils.\"_rebuild_tensor_v2 \"")
    ),
    (whole(Bytes.global("torch", "load")), named("torch.load")),
    (whole(Bytes.global("torch", "ComplexFloatStorage")), named("torch.ComplexFloatStorage")),
    (whole(Bytes.global("torch", "QInt8Storage")), named("torch.QInt8Storage")),
    (whole(Bytes.global("", "")), named("\"\".\"\"")),
    (
      whole(Array("ctorch".utf8)),
      "F (data.pkl), byte 2: the pickle names something without an end; save it again as "
        + "safetensors"
    ),
    (
      whole(Bytes.global(String(repeating: "a", count: 300), "b")),
      "F (data.pkl), byte 2: the pickle names something without an end; save it again as "
        + "safetensors"
    ),
    // Operations: STACK_GLOBAL, INST, OBJ, NEWOBJ, EXT1, FRAME, POP, DUP, PERSID, GET, BINBYTES.
    (whole(Bytes.string("os"), Bytes.string("system"), [0x93]), operation(147, at: 20)),
    (whole(Bytes.mark, Array("ios\nsystem\n".utf8)), operation(105, at: 3)),
    (whole(Bytes.mark, Array("o".utf8)), operation(111, at: 3)),
    (whole([0x81]), operation(129, at: 2)),
    (whole([0x82, 1]), operation(130, at: 2)),
    (whole([0x95, 0, 0, 0, 0, 0, 0, 0, 0]), operation(149, at: 2)),
    (whole(Bytes.none, Array("0".utf8)), operation(48, at: 3)),
    (whole(Bytes.none, Array("2".utf8)), operation(50, at: 3)),
    (whole(Array("P0\n".utf8)), operation(80, at: 2)),
    (whole(Array("g0\n".utf8)), operation(103, at: 2)),
    (whole(Array("B".utf8)), operation(66, at: 2)),
    (
      [0x80, 4] + Bytes.none + Bytes.stop,
      "F (data.pkl), byte 0: the pickle has protocol 4, should be 2, as torch writes it; "
        + "save it again as safetensors"
    ),
    (Array("(dp0\n.".utf8), "F (data.pkl), byte 0: no pickle begins here"),
    // The memo.
    (
      whole(Bytes.get(0)),
      "F (data.pkl), byte 2: the pickle recalls value 0, which it did not remember"
    ),
    (
      whole(Array("j".utf8), little(UInt32.max)),
      "F (data.pkl), byte 2: the pickle recalls value 4294967295, which it did not "
        + "remember"
    ),
    (whole(Bytes.put(0)), "F (data.pkl), byte 2: the pickle takes a value from an empty stack"),
    // The stack.
    (whole(), "F (data.pkl), byte 2: the pickle ends with 0 values, should end with 1"),
    (
      whole(Bytes.none, Bytes.none),
      "F (data.pkl), byte 4: the pickle ends with 2 values, should end with 1"
    ),
    (
      whole(Bytes.mark, Bytes.none),
      "F (data.pkl), byte 4: the pickle ends with 1 values, should end with 1"
    ),
    (whole(Array("t".utf8)), "F (data.pkl), byte 2: the pickle closes a mark that is not open"),
    (
      whole(Bytes.none, Bytes.mark, [0x85]),
      "F (data.pkl), byte 4: the pickle takes a value from an empty stack"
    ),
    (
      whole(Bytes.none, Bytes.mark, Bytes.build),
      "F (data.pkl), byte 4: the pickle takes a value from an empty stack"
    ),
    (whole(Bytes.reduce), "F (data.pkl), byte 2: the pickle takes a value from an empty stack"),
    (
      whole(Bytes.list, Bytes.mark, Bytes.none, Bytes.append),
      "F (data.pkl), byte 5: the pickle takes a value from an empty stack"
    ),
    // Lengths.
    (
      whole(Array("X".utf8), little(UInt32.max)),
      "F (data.pkl) has a pickle that is too long for any model; save it again as safetensors"
    ),
    (
      whole([0x8A, 255]),
      "F (data.pkl) is cut short: byte 4 should be followed by 255 bytes, there are 1"
    ),
    (
      whole([0x8A, 9], [UInt8](repeating: 1, count: 9)),
      "F (data.pkl), byte 2: the pickle has an integer of 9 bytes, should be at most 8"
    ),
    (
      whole(Array("X".utf8), little(UInt32(1)), [0xFF]),
      "F (data.pkl), byte 2: the pickle has a string that is not UTF-8"
    ),
    (
      Bytes.start + Bytes.none,
      "F (data.pkl) is cut short: byte 3 should be followed by 1 bytes, there are 0"
    ),
    (Bytes.root([]) + Bytes.root([]), "F (data.pkl) has 6 bytes after its pickle"),
    // Containers.
    (
      whole(Bytes.tuple([]), Bytes.none, Bytes.append),
      "F (data.pkl), byte 5: the pickle appends to a tuple, should be a list"
    ),
    (
      whole(Bytes.list, Bytes.none, Bytes.none, Bytes.setItem),
      "F (data.pkl), byte 5: the pickle sets members of a list, should be a dictionary"
    ),
    (
      whole(Bytes.tensor(), Bytes.none, Bytes.none, Bytes.setItem),
      "F (data.pkl), byte 182: the pickle sets members of a tensor, should be a dictionary"
    ),
    (
      whole(Bytes.dictionary, Bytes.mark, Bytes.none, Bytes.setItems),
      "F (data.pkl), byte 5: the pickle sets a key without a value"
    ),
    (
      whole(Bytes.dictionary, Bytes.none, Bytes.none, Bytes.setItem),
      "F (data.pkl), byte 5: a dictionary's key is None, should be a string"
    ),
    (
      whole(Bytes.dictionary, Bytes.dictionary, Bytes.build),
      "F (data.pkl), byte 4: the pickle gives attributes to a dictionary, should be an "
        + "OrderedDict"
    ),
    (
      whole(Bytes.tensor(), Bytes.dictionary, Bytes.build),
      "F (data.pkl), byte 181: the pickle gives attributes to a tensor, should be an "
        + "OrderedDict"
    ),
    // Calls.
    (
      whole(Bytes.none, Bytes.tuple([]), Bytes.reduce),
      "F (data.pkl), byte 5: the pickle calls None with a tuple"
    ),
    (
      whole(Bytes.global("torch", "Size"), Bytes.list, Bytes.reduce),
      "F (data.pkl), byte 15: the pickle calls a class or function with a list"
    ),
    (
      whole(Bytes.global("torch", "Size"), Bytes.tuple([]), Bytes.reduce),
      "F (data.pkl), byte 16: the pickle calls a class or function with arguments that do "
        + "not fit it; save it again as safetensors"
    ),
    (
      whole(Bytes.global("torch", "FloatStorage"), Bytes.tuple([Bytes.int(1 << 40)]), Bytes.reduce),
      "F (data.pkl), byte 34: the pickle calls a class or function with arguments that do "
        + "not fit it; save it again as safetensors"
    ),
    (
      whole(
        Bytes.global("torch._utils", "_rebuild_parameter"),
        Bytes.tuple([Bytes.none, Bytes.no, Bytes.none]), Bytes.reduce),
      "F (data.pkl), byte 40: the pickle calls a class or function with arguments that do "
        + "not fit it; save it again as safetensors"
    ),
    (
      whole(Bytes.none, Bytes.persistentID),
      "F (data.pkl), byte 3: the pickle refers to something that is no storage"
    ),
    (
      whole(
        Bytes.tuple([Bytes.string("module"), Bytes.none, Bytes.none, Bytes.none, Bytes.none]),
        Bytes.persistentID),
      "F (data.pkl), byte 19: the pickle refers to something that is no storage"
    ),
    (
      whole(Bytes.storage(count: -1)),
      "F (data.pkl), byte 60: the pickle refers to something that is no storage"
    ),
    (
      whole(Bytes.storage(more: [Bytes.tuple([Bytes.string("1"), Bytes.int(0), Bytes.int(1)])])),
      "F (data.pkl), byte 88: storage `0` is a part of another; save it again as "
        + "safetensors"
    ),
    (
      whole(Bytes.tensor(Bytes.none)),
      "F (data.pkl), byte 121: a tensor is not made of a storage, an offset, a shape and "
        + "strides"
    ),
    (
      whole(Bytes.tensor(shape: [1, 1, 1, 1, 1, 1, 1, 1, 1])),
      "F (data.pkl), byte 249: a tensor is not made of a storage, an offset, a shape and "
        + "strides"
    ),
    // The root.
    (whole(Bytes.tensor()), "F holds a tensor, should hold a dictionary of tensors"),
    (
      Bytes.root([("w", Bytes.none)]),
      "F: `w` is None, should be a tensor; save the model's `state_dict()`"
    ),
    (Bytes.root([("w", Bytes.tensor()), ("w", Bytes.tensor())]), "F: `w` is there twice"),
    (
      whole(Bytes.dictionary, Bytes.int(1), Bytes.tensor(), Bytes.setItem),
      "F holds a dictionary with an integer as a key, should be names"
    ),
    (
      Bytes.root([
        (
          "state_dict",
          Bytes.dictionary + Bytes.string("state_dict") + Bytes.dictionary + Bytes.setItem
        )
      ]),
      "F: `state_dict` is a dictionary, should be a tensor; save the model's "
        + "`state_dict()`"
    ),
  ]

  @Test(arguments: refused.indices)
  func whatIsNotATensorIsRefused(_ index: Int) throws {
    let (pickle, expected) = Self.refused[index]
    let message = try torchFailure(ZipBytes.torch(pickle).bytes)
    #expect(message == expected)
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
      try torchFailure(ZipBytes.torch(pickle).bytes)
        == "F: `model` is a dictionary, should be a tensor; save the model's `state_dict()`")
  }
}

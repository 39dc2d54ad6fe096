/// Pickles written by hand: each function is one operation, or the operations of one value.
enum PickleBytes {
  static let start: [UInt8] = [0x80, 2]
  static let stop = Array(".".utf8)
  static let mark = Array("(".utf8)
  static let none = Array("N".utf8)
  static let no: [UInt8] = [0x89]
  static let yes: [UInt8] = [0x88]
  static let reduce = Array("R".utf8)
  static let dictionary = Array("}".utf8)
  static let list = Array("]".utf8)
  static let setItem = Array("s".utf8)
  static let setItems = Array("u".utf8)
  static let append = Array("a".utf8)
  static let build = Array("b".utf8)
  static let persistentID = Array("Q".utf8)
  static let orderedDictionary = global("collections", "OrderedDict") + tuple([]) + reduce

  static func string(_ text: String) -> [UInt8] {
    Array("X".utf8) + little(UInt32(text.utf8.count)) + text.utf8
  }

  static func int(_ value: Int) -> [UInt8] { [0x8A, 8] + little(value) }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func tuple(_ values: [[UInt8]]) -> [UInt8] { mark + values.joined() + Array("t".utf8) }

  static func list(_ values: [[UInt8]]) -> [UInt8] {
    list + mark + values.joined() + Array("e".utf8)
  }

  static func integers(_ values: [Int]) -> [UInt8] { tuple(values.map(int)) }

  static func put(_ index: UInt8) -> [UInt8] { Array("q".utf8) + [index] }

  static func get(_ index: UInt8) -> [UInt8] { Array("h".utf8) + [index] }

  /// A reference to a storage.
  static func storage(
    _ key: String = "0", _ type: [UInt8] = global("torch", "FloatStorage"), count: Int = 6,
    more: [[UInt8]] = []
  ) -> [UInt8] {
    tuple([string("storage"), type, string(key), string("cpu"), int(count)] + more) + persistentID
  }

  /// A tensor as torch writes it.
  static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, shape: [Int] = [2, 3],
    strides: [Int] = [3, 1], function: String = "_rebuild_tensor_v2", more: [[UInt8]] = []
  ) -> [UInt8] {
    global("torch._utils", function)
      + tuple(
        [storage, int(offset), integers(shape), integers(strides), no, orderedDictionary] + more)
      + reduce
  }

  /// A whole pickle: a dictionary of these.
  static func root(_ members: [(String, [UInt8])]) -> [UInt8] {
    start + dictionary + mark + members.flatMap { string($0) + $1 } + setItems + stop
  }
}

/// A number's bytes, the lowest first.
func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian, Array.init)
}

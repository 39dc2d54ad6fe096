/// Reads a pickle as data: a stack, a memo and thirty operations, none of which calls anything.
/// Every operation does a bounded amount of work on what is already there.
struct PickleMachine {
  /// A tensor takes about 150 bytes, 40 operations and 8 places in the memo; models have some
  /// hundreds of them.
  static let longest = 16 << 20
  static let mostOperations = 1_000_000
  /// A dictionary's members arrive in batches of 1000.
  static let deepestStack = 100_000
  static let mostRemembered = 200_000
  private static let longestName = 200

  var pickle = Pickle()
  /// The storages that were named so far, by the bytes of their keys.
  var storages: [[UInt8]: Int] = [:]
  private var reader: ByteReader
  private var stack: [PickleValue] = []
  /// How high the stack was at each mark that is open.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  /// Where the operation that is being done begins.
  private var start = 0

  init(_ reader: ByteReader) { self.reader = reader }

  /// Reads one pickle, and leaves `reader` after its last byte.
  static func read(_ reader: inout ByteReader) throws -> Pickle {
    var machine = PickleMachine(reader)
    try machine.run()
    reader = machine.reader
    return machine.pickle
  }

  private mutating func run() throws {
    let first = reader.position
    let (operation, version) = try (reader.next(UInt8.self), reader.next(UInt8.self))
    guard operation == 0x80 else { throw fault("no pickle begins here") }
    guard version == 2 else {
      throw fault("the pickle has protocol \(version), should be 2, as torch writes it; \(advice)")
    }
    for _ in 0..<Self.mostOperations {
      start = reader.position
      guard start - first < Self.longest else { break }
      let code = try reader.next(UInt8.self)
      guard let operation = PickleOperation(rawValue: code) else {
        throw fault("the pickle has operation \(code), which tensors do not need; \(advice)")
      }
      if operation == .stop { return try stop() }
      try perform(operation)
    }
    throw tooLong
  }

  private var tooLong: FileError {
    FileError("\(reader.name) has a pickle that is too long for any model; \(advice)")
  }

  private mutating func stop() throws {
    guard marks.isEmpty, stack.count == 1 else {
      throw fault("the pickle ends with \(stack.count) values, should end with 1")
    }
    pickle.root = stack[0]
  }

  private mutating func perform(_ operation: PickleOperation) throws {
    switch operation {
    case .stop: break
    case .mark: try mark()
    case .none: try push(.none)
    case .yes: try push(.bool(true))
    case .no: try push(.bool(false))
    case .uint8: try push(.int(Int(reader.next(UInt8.self))))
    case .uint16: try push(.int(Int(reader.next(UInt16.self))))
    case .int32: try push(.int(Int(reader.next(Int32.self))))
    case .long: try push(.int(long()))
    case .double: try push(.double(Double(bitPattern: reader.next(UInt64.self).byteSwapped)))
    case .string: try push(.string(string()))
    case .global: try push(.symbol(symbol()))
    case .emptyTuple: try push(.tuple(sequence([])))
    case .emptyList: try push(.list(sequence([])))
    case .emptyDictionary: try push(dictionary(isOrdered: false))
    case .tuple: try push(.tuple(sequence(popToMark())))
    case .tuple1: try push(.tuple(sequence(pop(1))))
    case .tuple2: try push(.tuple(sequence(pop(2))))
    case .tuple3: try push(.tuple(sequence(pop(3))))
    case .put: try remember(UInt32(reader.next(UInt8.self)))
    case .longPut: try remember(reader.next(UInt32.self))
    case .get: try recall(UInt32(reader.next(UInt8.self)))
    case .longGet: try recall(reader.next(UInt32.self))
    case .append: try append(pop(1))
    case .appends: try append(popToMark())
    case .setItem: try setItems(pop(2))
    case .setItems: try setItems(popToMark())
    case .build: try build()
    case .persistentID: try push(storage(pop(1)[0]))
    case .reduce:
      let call = try pop(2)
      try push(result(of: call[0], with: call[1]))
    }
  }
}

// The stack and the memo.
extension PickleMachine {
  private mutating func push(_ value: PickleValue) throws {
    guard stack.count < Self.deepestStack else {
      throw fault("the pickle's stack has more than \(Self.deepestStack) values; \(advice)")
    }
    stack.append(value)
  }

  /// The last `count` values, in order; never any from before an open mark.
  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw fault("the pickle takes a value from an empty stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func mark() throws {
    guard marks.count < Self.deepestStack else {
      throw fault("the pickle has more than \(Self.deepestStack) open marks; \(advice)")
    }
    marks.append(stack.count)
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let height = marks.last else { throw fault("the pickle closes a mark that is not open") }
    let values = try pop(stack.count - height)
    marks.removeLast()
    return values
  }

  /// The value that the next operation changes, which stays on the stack.
  private func top() throws -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw fault("the pickle takes a value from an empty stack")
    }
    return value
  }

  private mutating func remember(_ index: UInt32) throws {
    guard memo.count < Self.mostRemembered else {
      throw fault("the pickle remembers more than \(Self.mostRemembered) values; \(advice)")
    }
    memo[index] = try top()
  }

  private mutating func recall(_ index: UInt32) throws {
    guard let value = memo[index] else {
      throw fault("the pickle recalls value \(index), which it did not remember")
    }
    try push(value)
  }
}

// What the operations make and change.
extension PickleMachine {
  /// A new tuple or list.
  private mutating func sequence(_ values: [PickleValue]) -> Int {
    pickle.sequences.append(values)
    return pickle.sequences.count - 1
  }

  /// A new dictionary.
  mutating func dictionary(isOrdered: Bool) -> PickleValue {
    pickle.dictionaries.append(PickledDictionary(isOrdered: isOrdered))
    return .dictionary(pickle.dictionaries.count - 1)
  }

  private mutating func append(_ values: [PickleValue]) throws {
    let target = try top()
    guard case .list(let list) = target else {
      throw fault("the pickle appends to \(target.kind), should be a list")
    }
    pickle.sequences[list] += values
  }

  private mutating func setItems(_ values: [PickleValue]) throws {
    let target = try top()
    guard case .dictionary(let dictionary) = target else {
      throw fault("the pickle sets members of \(target.kind), should be a dictionary")
    }
    guard values.count.isMultiple(of: 2) else {
      throw fault("the pickle sets a key without a value")
    }
    for index in stride(from: 0, to: values.count, by: 2) {
      switch values[index] {
      case .string, .int: break
      case let key: throw fault("a dictionary's key is \(key.kind), should be a string")
      }
      pickle.dictionaries[dictionary].members.append((values[index], values[index + 1]))
    }
  }

  /// Attributes of a dictionary (`_metadata`, versions of modules) say nothing about tensors.
  private mutating func build() throws {
    _ = try pop(1)
    let target = try top()
    guard case .dictionary(let index) = target, pickle.dictionaries[index].isOrdered else {
      throw fault("the pickle gives attributes to \(target.kind), should be an OrderedDict")
    }
  }

  private mutating func long() throws -> Int {
    let bytes = try reader.next(Int(reader.next(UInt8.self)))
    guard bytes.count <= 8 else {
      throw fault("the pickle has an integer of \(bytes.count) bytes, should be at most 8")
    }
    let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
    return bytes.reversed().reduce(isNegative ? -1 : 0) { $0 &<< 8 | Int($1) }
  }

  private mutating func string() throws -> String {
    let count = try Int(reader.next(UInt32.self))
    guard count <= Self.longest else { throw tooLong }
    let bytes = try reader.next(count)
    if firstInvalidUTF8(bytes) != nil { throw fault("the pickle has a string that is not UTF-8") }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func symbol() throws -> PickleSymbol {
    guard let module = reader.line(longest: Self.longestName),
      let name = reader.line(longest: Self.longestName)
    else { throw fault("the pickle names something without an end; \(advice)") }
    let key = String(decoding: module, as: UTF8.self) + "\n" + String(decoding: name, as: UTF8.self)
    guard let symbol = PickleSymbol.known[key] else {
      throw FileError(
        "\(reader.name) names `\(legible(module)).\(legible(name))`; "
          + "only tensors of plain numbers are read; \(advice)")
    }
    return symbol
  }

  /// An error at the operation that is being done.
  func fault(_ problem: String) -> FileError {
    FileError("\(reader.name), byte \(start): \(problem)")
  }
}

/// What to do about a pickle that is more than data.
private let advice = "save it again as safetensors"

/// A value of a pickle, as data: never an object, never a call. What holds other values is an
/// index into its `Pickle`, so that nothing is as deep, or as round, as a file wants it to be.
enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case symbol(PickleSymbol)
  case storage(Int)
  case tensor(Int)

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .int: "an integer"
    case .double: "a float"
    case .string: "a string"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .symbol: "a class or function"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }

  var int: Int? { if case .int(let value) = self { value } else { nil } }

  var string: String? { if case .string(let value) = self { value } else { nil } }
}

/// A dictionary of a pickle, its members in the order they were set, duplicates included.
struct PickledDictionary: Sendable {
  /// Whether it is a `collections.OrderedDict`, which may carry attributes.
  let isOrdered: Bool
  var members: [(key: PickleValue, value: PickleValue)] = []
}

/// A run of elements that is stored beside the pickle.
struct PickledStorage: Sendable {
  let key: String
  /// nil when it is bytes, and each tensor says what they are.
  let type: ElementType?
  /// Its elements, bytes when `type` is nil.
  let count: Int
}

/// A view of a storage; offset and strides count elements. Nothing of it has been checked.
struct PickledTensor: Sendable {
  let storage: Int
  let type: ElementType
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// What one pickle holds.
struct Pickle: Sendable {
  var root = PickleValue.none
  /// Tuples and lists.
  var sequences: [[PickleValue]] = []
  var dictionaries: [PickledDictionary] = []
  var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []
}

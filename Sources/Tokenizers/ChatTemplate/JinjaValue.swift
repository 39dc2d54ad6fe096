/// A value while a template runs, with Python's kinds. Lists and dicts cannot be changed, as in
/// transformers' sandbox; only a namespace can.
enum JinjaValue {
  /// What was looked up and is not there, by the name it was looked up with.
  case undefined(String)
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  /// UTF-8.
  case text([UInt8])
  case list(JinjaItems)
  case tuple(JinjaItems)
  case dict(JinjaDict)
  /// What `map`, `select` and their kind give: it can be walked over once, and is always true.
  case iterator(JinjaIterator)
  case namespace(JinjaNamespace)
  case macro(JinjaClosure)
  case function(String)
  case method(JinjaMethod)
  case loop(JinjaLoopState)

  /// What it is, in words.
  var kind: String {
    switch self {
    case .undefined(let name): "the undefined `\(name.prefix(60))`"
    case .none: "none"
    case .bool: "a boolean"
    case .int: "an integer"
    case .float: "a float"
    case .text: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .dict: "a dict"
    case .iterator: "an iterator"
    case .namespace: "a namespace"
    case .macro: "a macro"
    case .function, .method: "a function"
    case .loop: "a loop"
    }
  }

  /// How many containers are in each other here. A value inside itself many times over would
  /// exhaust the stack when it is compared, printed or freed.
  var depth: Int {
    switch self {
    case .list(let items), .tuple(let items): items.depth
    case .dict(let dict): dict.depth
    case .iterator(let iterator): iterator.depth
    case .method(let method): method.receiver.depth + 1
    case .loop(let state): state.depth
    default: 0
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// Whether it counts as true.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .text(let text): !text.isEmpty
    case .list(let items), .tuple(let items): !items.values.isEmpty
    case .dict(let dict): dict.count > 0
    default: true
    }
  }

  /// A boolean counts as a number, as in Python.
  var number: JinjaNumber? {
    switch self {
    case .bool(let value): .int(value ? 1 : 0)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    default: nil
    }
  }

  init(_ text: String) { self = .text(Array(text.utf8)) }

  init(_ constant: JinjaConstant) {
    self =
      switch constant {
      case .none: .none
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .float(let value): .float(value)
      case .text(let text): .text(text)
      }
  }
}

/// A number of either kind.
enum JinjaNumber {
  case int(Int)
  case float(Double)

  var double: Double {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    }
  }

  var value: JinjaValue {
    switch self {
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    }
  }
}

/// The elements of a list or a tuple; `JinjaRenderer.items` makes one and keeps `depth` bounded.
struct JinjaItems {
  let values: [JinjaValue]
  let depth: Int
}

/// A dict, in the order in which its keys came.
struct JinjaDict {
  /// A key by what it equals: 1, 1.0 and true are one key.
  enum Key: Hashable {
    case none
    case text([UInt8])
    case int(Int)
    case float(Double)

    /// `nil` for values that can be no key here.
    init?(_ value: JinjaValue) {
      switch (value, value.number) {
      case (_, .int(let number)?): self = .int(number)
      case (_, .float(let number)?): self = Int(exactly: number).map(Key.int) ?? .float(number)
      case (.text(let text), _): self = .text(text)
      case (.none, _): self = .none
      default: return nil
      }
    }
  }

  private(set) var keys: [JinjaValue] = []
  private(set) var values: [JinjaValue] = []
  private(set) var depth = 1
  private var places: [Key: Int] = [:]

  var count: Int { keys.count }

  /// `nil` where there is none, or `key` can be no key.
  subscript(_ key: JinjaValue) -> JinjaValue? {
    Key(key).flatMap { places[$0] }.map { values[$0] }
  }

  subscript(_ key: String) -> JinjaValue? { self[JinjaValue(key)] }

  /// Sets a member; one that is there keeps its place.
  mutating func set(_ key: JinjaValue, _ value: JinjaValue) throws {
    guard let name = Key(key) else { throw JinjaProblem("\(key.kind) cannot be the key of a dict") }
    depth = max(depth, value.depth + 1)
    if let place = places[name] {
      values[place] = value
    } else {
      places[name] = keys.count
      keys.append(key)
      values.append(value)
    }
  }
}

/// Values that are walked over once.
final class JinjaIterator {
  private var rest: ArraySlice<JinjaValue>
  let depth: Int

  init(_ items: JinjaItems) {
    rest = items.values[...]
    depth = items.depth
  }

  func next() -> JinjaValue? { rest.popFirst() }

  /// All that is left.
  func all() -> [JinjaValue] {
    defer { rest = [] }
    return Array(rest)
  }
}

/// The only value that a template can change: `{% set space.x = 1 %}`.
final class JinjaNamespace {
  var members = JinjaDict()
}

/// A function of a value's own, as `strip` in `text.strip`.
final class JinjaMethod {
  let receiver: JinjaValue
  let name: String

  init(_ receiver: JinjaValue, _ name: String) { (self.receiver, self.name) = (receiver, name) }
}

/// A macro, and the names that it sees.
final class JinjaClosure {
  let macro: JinjaMacro
  let scope: JinjaScope

  init(_ macro: JinjaMacro, _ scope: JinjaScope) { (self.macro, self.scope) = (macro, scope) }
}

/// What `loop` is in the body of a loop.
final class JinjaLoopState {
  let items: JinjaItems
  var index = 0
  /// What `loop.changed` was last asked about.
  var watched: [JinjaValue]?

  init(_ items: JinjaItems) { self.items = items }

  var depth: Int { items.depth + 1 }
}

/// Names and their values; what a scope has not is looked for in the one around it.
final class JinjaScope {
  var values: [String: JinjaValue] = [:]
  let outer: JinjaScope?

  init(in outer: JinjaScope?) { self.outer = outer }

  subscript(_ name: String) -> JinjaValue? {
    var scope: JinjaScope? = self
    while let here = scope {
      if let value = here.values[name] { return value }
      scope = here.outer
    }
    return nil
  }
}

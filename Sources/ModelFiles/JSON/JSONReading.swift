extension JSON {
  /// A number written without point and exponent.
  package func int() throws -> Int {
    guard kind == .number else { throw mismatch("a whole number") }
    if let value = withSource(wholeNumber) { return value }
    throw mismatch(
      withSource(isWholeNumber)
        ? "a whole number between \(Int.min) and \(Int.max)" : "a whole number")
  }

  /// The double nearest to the number that is written; beyond ±1.8e308 is an error.
  package func double() throws -> Double {
    guard kind == .number else { throw mismatch("a number") }
    guard let value = withSource(nearestDouble) else {
      throw mismatch("a number between -1.8e308 and 1.8e308")
    }
    return value
  }

  package func bool() throws -> Bool {
    guard kind == .bool else { throw mismatch("true or false") }
    return withSource { $0.first == UInt8(ascii: "t") }
  }

  package func string() throws -> String { try withUTF8 { String(decoding: $0, as: UTF8.self) } }

  /// This value, which must be an array.
  package func array() throws -> JSON {
    guard kind == .array else { throw mismatch("an array") }
    return self
  }

  /// This value, which must be an object.
  package func object() throws -> JSON {
    guard kind == .object else { throw mismatch("an object") }
    return self
  }
}

extension JSON {
  package func int(_ key: String) throws -> Int { try member(key, "a whole number").int() }
  package func double(_ key: String) throws -> Double { try member(key, "a number").double() }
  package func bool(_ key: String) throws -> Bool { try member(key, "true or false").bool() }
  package func string(_ key: String) throws -> String { try member(key, "a string").string() }
  package func array(_ key: String) throws -> JSON { try member(key, "an array").array() }
  package func object(_ key: String) throws -> JSON { try member(key, "an object").object() }

  /// The member `key`, of any kind but null.
  package func value(_ key: String) throws -> JSON {
    let value = try member(key, "a value")
    if value.isNull { throw value.mismatch("a value") }
    return value
  }

  /// `expected` says in an error what the missing member should have been.
  func member(_ key: String, _ expected: String) throws -> JSON {
    guard let value = try object()[key] else { throw missing(key, expected) }
    return value
  }
}

extension JSON {
  /// The member `key`, or `fallback` when it is absent or null.
  package func int(_ key: String, default fallback: Int) throws -> Int {
    try present(key)?.int() ?? fallback
  }

  /// The member `key`, or `fallback` when it is absent or null.
  package func double(_ key: String, default fallback: Double) throws -> Double {
    try present(key)?.double() ?? fallback
  }

  /// The member `key`, or `fallback` when it is absent or null.
  package func bool(_ key: String, default fallback: Bool) throws -> Bool {
    try present(key)?.bool() ?? fallback
  }

  /// The member `key` as Python takes it for true or false, numbers included, or `fallback` when it
  /// is absent or null.
  package func flag(_ key: String, default fallback: Bool) throws -> Bool {
    guard let value = try present(key) else { return fallback }
    return value.kind == .number ? try value.double() != 0 : try value.bool()
  }

  /// Whether a value is what a key that is not there would most often mean: null, false, 0, or
  /// nothing between quotes or brackets.
  package var isEmptyValue: Bool {
    switch kind {
    case .null: true
    case .bool: source == Array("false".utf8)
    case .number: (try? double()) == 0
    case .string: isString("")
    case .array, .object: count == 0
    }
  }

  /// The member `key`, or `fallback` when it is absent or null.
  package func string(_ key: String, default fallback: String) throws -> String {
    try present(key)?.string() ?? fallback
  }

  /// The member `key` of an object when there is one and it is not null.
  package func present(_ key: String) throws -> JSON? {
    try object()[key].flatMap { $0.isNull ? nil : $0 }
  }
}

import ModelFiles

/// Which forms of a list of texts are taken.
enum TextForms: Sendable {
  /// A string, a list of strings, a list of token ids (one text), a list of such lists.
  case uniform
  /// The same, and a list of both strings and lists of token ids.
  case mixed
  /// As `uniform`, but that in a list strings may also stand in objects, `{"text": …}`.
  case inObjects
}

extension Body {
  /// The texts of a member: one, or a list of them.
  /// - Parameter most: how many there may be
  /// - Throws: a `Problem` that names the place that is wrong
  func texts(_ key: String, most: Int, _ forms: TextForms = .uniform) throws -> [Input] {
    let expected = "a string, a list of strings, or a list of token ids"
    guard let value = self[key] else { throw Self.missing(key, expected) }
    switch value.kind {
    case .string: return [.text(try Self.text(value))]
    case .array: return try Self.texts(value, key, most, forms)
    default: throw Self.mismatch(value, expected)
    }
  }

  private static func texts(
    _ list: JSON, _ key: String, _ most: Int, _ forms: TextForms
  ) throws -> [Input] {
    guard let first = try list[0].map({ try plain($0, forms) }) else {
      throw Problem(
        .empty, status: 400, "`\(key)` is an empty list, should have at least one text",
        parameter: key)
    }
    if first.kind == .number { return [.ids(try ids(list))] }
    try check(list.count, key, most: most)
    return try list.elements.map { element in
      let element = try plain(element, forms)
      guard forms == .mixed || element.kind == first.kind else {
        throw mismatch(element, "\(first.kind.phrase) as \(place(of: first)) is")
      }
      switch element.kind {
      case .string: return .text(try text(element))
      case .array: return .ids(try ids(element))
      default: throw mismatch(element, "a string or a list of token ids")
      }
    }
  }

  /// An element without the object around it in which Jina's clients send texts, as they send images.
  private static func plain(_ element: JSON, _ forms: TextForms) throws -> JSON {
    guard forms == .inObjects, element.kind == .object else { return element }
    let object = try Body(element)
    if let image = ["image", "url", "bytes"].lazy.compactMap({ object[$0] }).first {
      throw Self.image(image)
    }
    guard let text = object["text"], text.kind == .string else {
      throw mismatch(element, "a string, a list of token ids, or an object with a string as `text`")
    }
    return text
  }

  /// The texts of a member that are strings: one, or a list of them.
  func strings(_ key: String, most: Int) throws -> [[UInt8]] {
    let expected = "a string or a list of strings"
    guard let value = self[key] else { throw Self.missing(key, expected) }
    guard value.kind == .array else {
      guard value.kind == .string else { throw Self.mismatch(value, expected) }
      return [try Self.text(value)]
    }
    try Self.check(value, key, most: most)
    return try value.elements.map(Self.text)
  }

  /// Refuses what is no list, or has no element, or too many.
  /// - Parameters:
  ///   - what: the elements, as messages have them
  ///   - reason: why there may be no more, and what to do
  static func check(
    _ list: JSON, _ key: String, most: Int, _ what: String = "texts",
    _ reason: String = " (the server's --max-texts); send several requests"
  ) throws {
    guard list.kind == .array else { throw mismatch(list, "a list") }
    guard list.count > 0 else {
      throw Problem(
        .empty, status: 400, "`\(key)` is an empty list, should have at least one element",
        parameter: key)
    }
    try check(list.count, key, most: most, what, reason)
  }

  /// Refuses more texts than one request may have.
  static func check(
    _ count: Int, _ key: String, most: Int, _ what: String = "texts",
    _ reason: String = " (the server's --max-texts); send several requests"
  ) throws {
    guard count > most else { return }
    throw Problem(
      .tooLarge, status: 422,
      "`\(key)` has \(count) \(what), should have at most \(most)\(reason)",
      parameter: key)
  }

  /// A list of token ids.
  static func ids(_ list: JSON) throws -> [Int32] {
    guard list.kind == .array, list.count > 0 else {
      throw mismatch(list, "a list of at least one token id")
    }
    return try list.elements.map { element in
      guard element.kind == .number, let id = try? element.int(), 0...Int(Int32.max) ~= id else {
        throw mismatch(element, "a token id, a whole number from 0")
      }
      return Int32(id)
    }
  }
}

extension JSON.Kind {
  /// Such a value in a message.
  fileprivate var phrase: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

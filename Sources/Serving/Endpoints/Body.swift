import ModelFiles

/// The members of a request's JSON object. Those that nobody asks for are passed over, null counts
/// as absent, and of a member that is there twice the last counts.
struct Body: Sendable {
  let json: JSON
  /// The memory that its values take, as it is counted.
  private var room: Room.Part?

  // A value takes 16 bytes beside its text; 2,048 lists of 1,024 token ids are half as many.
  private static let mostValues = 4 << 20

  /// - Parameter most: how many JSON values are read
  /// - Throws: a `Problem` that says where the text is no JSON object
  init(_ request: Request, most: Int = Self.mostValues) throws {
    let bytes = request.body
    guard !bytes.isEmpty else {
      throw Problem.invalid("the request has no body, should have a JSON object")
    }
    guard !bytes.withUnsafeBytes({ Self.hasMoreValues(than: most, in: $0) }) else {
      throw Problem(
        .tooLarge, status: 413,
        "the body has more than \(most) JSON values, the most that are read; "
          + "send several requests")
    }
    let json: JSON
    do {
      json = try JSON(bytes, name: "the body", maximumDepth: 64)
    } catch let error as FileError {
      throw Problem.invalid(Self.limited(error.description))
    }
    try self.init(json)
  }

  /// The same, once there is room for so many values.
  init(_ request: Request, within room: Room) async throws {
    // As elements of the lists that they become, each takes a few bytes more.
    let bytes = request.body.count > Room.little ? 20 * Self.values(in: request.body) : 0
    let part = try await room.part(bytes)
    try self.init(request)
    self.room = part
  }

  /// How many there are at most.
  private static func values(in text: [UInt8]) -> Int {
    text.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: ":") }
  }

  /// - Throws: a `Problem` where it is no object
  init(_ json: JSON) throws {
    guard json.kind == .object else {
      throw Problem.invalid(
        "\(json.path.isEmpty ? "the body" : Self.place(of: json)) should be a JSON object, is "
          + json.found)
    }
    self.json = json
  }

  /// A member that is there and not null.
  subscript(_ key: String) -> JSON? { json[key].flatMap { $0.isNull ? nil : $0 } }

  /// Whether a text has so many values that reading them would take more memory than it should.
  private static func hasMoreValues(than most: Int, in text: UnsafeRawBufferPointer) -> Bool {
    guard text.count > 2 * most else { return false }
    func begins(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: ":")
    }
    // Strings have commas, too: a closer look is only taken where there are that many.
    var values = 0
    for byte in text where begins(byte) { values &+= 1 }
    guard values > most else { return false }
    values = 0
    var (isString, isEscaped) = (false, false)
    for byte in text {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isString.toggle()
      } else if isString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if begins(byte) {
        values &+= 1
      }
    }
    return values > most
  }
}

extension Body {
  /// The member `key`, a string.
  func string(_ key: String) throws -> String? { try self[key].map(Self.string) }

  /// The bytes of the member `key`, a string.
  func text(_ key: String) throws -> [UInt8]? { try self[key].map(Self.text) }

  func bool(_ key: String) throws -> Bool? {
    try self[key].map { value in
      guard value.kind == .bool else { throw Self.mismatch(value, "true or false") }
      return value.withSource { $0.first == UInt8(ascii: "t") }
    }
  }

  /// A number without point and exponent.
  /// - Parameter least: the smallest that means something
  func integer(_ key: String, from least: Int) throws -> Int? {
    try self[key].map { value in
      guard value.kind == .number, let number = try? value.int(), number >= least else {
        throw Self.mismatch(value, "a whole number from \(least)")
      }
      return number
    }
  }

  func object(_ key: String) throws -> Body? {
    try self[key].map { value in
      guard value.kind == .object else { throw Self.mismatch(value, "an object") }
      return try Body(value)
    }
  }

  /// The member `key`, one of some words in any case.
  func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type
  ) throws -> Word? where Word.RawValue == String {
    try self[key].map { try Self.word($0, type) }
  }

  /// What members say that are names for one thing; where several are there they should agree.
  func one<Value: Equatable>(
    of names: [String], _ read: (String) throws -> Value?
  ) throws -> Value? {
    let said = try names.compactMap { name in try read(name).map { (name: name, value: $0) } }
    if let other = said.first(where: { $0.value != said[0].value }) {
      throw Problem.invalid(
        "`\(said[0].name)` and `\(other.name)` mean the same and differ; send one of them",
        other.name)
    }
    return said.first?.value
  }

  /// One of some words in any case.
  static func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSON, _ type: Word.Type
  ) throws -> Word where Word.RawValue == String {
    let text = value.kind == .string ? try string(value).lowercased() : ""
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw mismatch(value, "one of \(known)")
    }
    return word
  }

  /// A string's text.
  static func string(_ value: JSON) throws -> String {
    String(decoding: try text(value), as: UTF8.self)
  }

  /// A string's bytes.
  static func text(_ value: JSON) throws -> [UInt8] {
    guard let text = value.utf8 else { throw mismatch(value, "a string") }
    return text
  }
}

extension Body {
  /// What is said of a member that is not what it should be.
  static func mismatch(_ value: JSON, _ expected: String) -> Problem {
    .invalid("\(place(of: value)) should be \(expected), is \(value.found)", member(of: value))
  }

  /// What is said of an image in the place of a text.
  static func image(_ value: JSON) -> Problem {
    .invalid(
      "\(place(of: value)) cannot be read: the models here take texts and no images; send texts alone",
      member(of: value))
  }

  /// What is said of a member that is not there.
  static func missing(_ key: String, _ expected: String) -> Problem {
    .invalid("`\(key)` is missing, should be \(expected)", key)
  }

  /// Where a value is, as messages have it; keys of clients may be long.
  static func place(of value: JSON) -> String { "`\(limited(value.path))`" }

  /// The member of the body that a value is in.
  static func member(of value: JSON) -> String {
    String(value.path.prefix { $0 != "[" && $0 != "." })
  }

  /// As much of a message as an answer should have.
  private static func limited(_ text: String) -> String {
    text.utf8.count > 400 ? String(text.prefix(300)) + "…" : text
  }
}

/// One row of the input: its text, or why there is none, and what it takes to give the row back.
struct InputRow: Sendable, Equatable {
  enum Content: Sendable, Equatable {
    /// Valid UTF-8.
    case text([UInt8])
    /// A sentence that begins with the row's place.
    case problem(String)
  }

  let content: Content
  let origin: Origin
  let place: Place

  /// The text's bytes; `nil` for a row that cannot be embedded.
  var text: [UInt8]? {
    if case .text(let text) = content { text } else { nil }
  }

  /// What is wrong with the row, for the message that ends the run or for the output's `error`.
  var problem: String? {
    if case .problem(let problem) = content { problem } else { nil }
  }

  /// The same row, given up for a reason found later (a text over the limit, say).
  /// - `reason`: what comes after `file, line n: `.
  func failing(_ reason: String) -> InputRow {
    InputRow(content: .problem("\(place): \(reason)"), origin: origin, place: place)
  }

  /// The bytes that the row keeps in memory, so that a window of rows can be bounded.
  var byteCount: Int {
    let kept =
      switch origin {
      case .line, .nothing: 0
      case .object(let object): object.bytes.count
      case .record(let record): record.bytes.count
      }
    return (text?.count ?? 0) + kept
  }
}

/// Where a row begins in the input.
struct Place: Sendable, Equatable, CustomStringConvertible {
  let file: String
  /// Physical lines, from 1.
  let line: Int

  var description: String { "\(file), line \(line)" }
}

/// What of a row goes back out, besides its text.
enum Origin: Sendable, Equatable {
  /// A line is its text.
  case line
  case object(SourceObject)
  case record(SourceRecord)
  /// Of what could not be parsed nothing is given back.
  case nothing
}

/// The members and columns that the output sets itself, and so takes out of what it gives back.
struct Roles: OptionSet, Sendable {
  let rawValue: UInt8

  static let text = Roles(rawValue: 1)
  static let embedding = Roles(rawValue: 2)
  static let tokens = Roles(rawValue: 4)
  static let error = Roles(rawValue: 8)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The roles of a member or column by its name.
  /// - `field`: the name of the one that holds the text.
  init(of name: UnsafeRawBufferPointer, field: String) {
    self = name.elementsEqual(field.utf8) ? .text : []
    for (known, role) in Self.known where name.elementsEqual(known.utf8) { insert(role) }
  }

  private static let known: [(String, Roles)] = [
    ("embedding", .embedding), ("tokens", .tokens), ("truncated", .tokens), ("error", .error),
  ]
}

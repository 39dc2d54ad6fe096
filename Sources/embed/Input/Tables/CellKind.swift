import ModelFiles

/// What is in a cell of a table, or in a member of an object.
enum CellKind: UInt8, Sendable {
  case text, number, flag
  /// Numbers in brackets, or such lists in brackets.
  case list
  /// Strings in brackets.
  case texts
  /// Nothing: null, or a cell without a letter.
  case empty
  /// An object, or a list of other things.
  case other

  /// That of a value of JSON; what is in a string does not count.
  init(_ value: JSON) {
    self =
      switch value.kind {
      case .null: .empty
      case .bool: .flag
      case .number: .number
      case .string: .text
      case .array:
        Self.isListOfNumbers(value)
          ? .list
          : value.count > 0 && value.elements.allSatisfy { $0.kind == .string } ? .texts : .other
      case .object: .other
      }
  }

  /// That of a cell of csv or tsv, which has nothing but letters.
  init(cell: [UInt8]) {
    self =
      if cell.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
        .empty
      } else if Double(decimal: cell) != nil {
        .number
      } else if cell.first == UInt8(ascii: "["), cell.last == UInt8(ascii: "]"),
        let value = try? JSON(row: cell, name: ""), Self.isListOfNumbers(value)
      {
        .list
      } else {
        .text
      }
  }

  private static func isListOfNumbers(_ value: JSON) -> Bool {
    guard let first = value[0] else { return false }
    return first.kind == .number || first.kind == .array && first[0]?.kind == .number
  }

  /// As a field of a row.
  var mark: [UInt8] { [rawValue] }
}

extension CellKind {
  /// What a member is, for messages.
  var found: String {
    switch self {
    case .text: "a string"
    case .number: "a number"
    case .flag: "true or false"
    case .list: "a list of numbers"
    case .empty: "null"
    case .texts: "a list of strings"
    case .other: "an object or a list"
    }
  }
}

extension Double {
  /// The finite number that is written in decimals, spaces around it; `nil` for anything else.
  init?(decimal text: [UInt8]) {
    let words = text.split { $0 == 0x20 || $0 == 0x0D }
    // None of hexadecimal ones, no word for infinity, and no NUL to end it early.
    guard words.count == 1, words[0].allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let value = Double(String(decoding: words[0], as: UTF8.self)), value.isFinite
    else { return nil }
    self = value
  }
}

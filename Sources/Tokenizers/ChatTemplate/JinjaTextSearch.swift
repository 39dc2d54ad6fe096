/// Replacing, joining and looking from the right.
extension [UInt8] {
  /// The last place of `part`, which is not empty.
  func lastRange(of part: [UInt8]) -> Range<Int>? { rangesFromRight(of: part, most: 1).first }

  /// Where `part`, which is not empty, is, found from the right without overlaps; in the order of
  /// the text.
  /// - Parameter most: how many; all for negative numbers
  func rangesFromRight(of part: [UInt8], most: Int) -> [Range<Int>] {
    // The search from the left, of both texts turned around.
    let (text, turned) = ([UInt8](reversed()), [UInt8](part.reversed()))
    return text.ranges(of: turned, most: most < 0 ? .max : most).reversed().map {
      count - $0.upperBound..<count - $0.lowerBound
    }
  }

  /// Whether there is a character and all are of a kind: `isdigit` and its like.
  func isAll(_ kind: String) -> Bool {
    let scalars = scalarValues.compactMap(Unicode.Scalar.init)
    func all(_ accepts: (Unicode.Scalar.Properties) -> Bool) -> Bool {
      !scalars.isEmpty && scalars.allSatisfy { accepts($0.properties) }
    }
    switch kind {
    case "isspace": return !scalars.isEmpty && scalars.allSatisfy { isPythonSpace($0.value) }
    case "isdigit": return all { $0.numericType == .decimal || $0.numericType == .digit }
    case "isalpha": return all { $0.generalCategory.isLetter }
    case "isalnum": return all { $0.generalCategory.isLetter || $0.numericType != nil }
    default:
      // Letters without case do not count, but there must be one with.
      let cased = scalars.filter(\.properties.isCased)
      return !cased.isEmpty
        && cased.allSatisfy {
          kind == "isupper" ? $0.properties.isUppercase : $0.properties.isLowercase
        }
    }
  }
}

extension Unicode.GeneralCategory {
  /// Category L*.
  fileprivate var isLetter: Bool {
    switch self {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}

extension JinjaRenderer {
  /// A text with `new` for each `old`; an empty `old` is before each character and at the end.
  /// - Parameter most: how many are replaced; all for negative numbers
  func replaced(
    _ text: [UInt8], _ old: [UInt8], _ new: [UInt8], most: Int = -1
  ) throws -> [UInt8] {
    let limit = most < 0 ? Int.max : most
    var places = old.isEmpty ? text.characters.map { $0.lowerBound..<$0.lowerBound } : []
    if old.isEmpty {
      places.append(text.count..<text.count)
      places = Array(places.prefix(limit))
    } else {
      places = text.ranges(of: old, most: limit)
    }
    try charge(text.count + places.count)
    try charge(times: places.count, new.count)
    var result: [UInt8] = []
    var done = 0
    for place in places {
      result += text[done..<place.lowerBound]
      result += new
      done = place.upperBound
    }
    return result + text[done...]
  }

  /// Counts work that is done several times.
  func charge(times: Int, _ amount: Int) throws {
    let (value, overflow) = times.multipliedReportingOverflow(by: amount)
    try charge(overflow ? .max : value)
  }

  /// Values as one text.
  /// - Parameter areTexts: whether others than strings are refused, as Python's own `join` does
  func joined(_ values: [JinjaValue], by separator: [UInt8], areTexts: Bool) throws -> [UInt8] {
    var text: [UInt8] = []
    for (place, value) in values.enumerated() {
      if place > 0 {
        try charge(separator.count)
        text += separator
      }
      if areTexts {
        guard case .text = value else { throw JinjaProblem("`join` of \(value.kind)") }
      }
      try append(value, to: &text)
    }
    return text
  }

  /// `'{} {name}'.format(…)`, without the conversions that can follow a colon.
  func formatted(_ text: [UInt8], _ arguments: JinjaArguments) throws -> [UInt8] {
    var result: [UInt8] = []
    var (place, automatic) = (0, 0)
    while place < text.count {
      let byte = text[place]
      let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
      if !isBrace || place + 1 < text.count && text[place + 1] == byte {
        result.append(byte)
        place += isBrace ? 2 : 1
        continue
      }
      guard byte == UInt8(ascii: "{"),
        let end = text[place...].firstIndex(of: UInt8(ascii: "}"))
      else { throw JinjaProblem("`format` of a text with a lone brace") }
      let name = String(decoding: text[(place + 1)..<end], as: UTF8.self)
      let number = name.isEmpty ? automatic : Int(name)
      automatic += name.isEmpty ? 1 : 0
      if let number, arguments.positional.indices.contains(number) {
        try append(arguments.positional[number], to: &result)
      } else if let found = arguments.named.first(where: { $0.name == name }) {
        try append(found.value, to: &result)
      } else {
        throw JinjaProblem("`format` has nothing for `{\(name.prefix(40))}`")
      }
      place = end + 1
    }
    return result
  }
}

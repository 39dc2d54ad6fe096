extension JinjaFilters {
  /// Filters that make a text of what they get, whatever it is.
  static let texts: [String: Filter] = [
    "capitalize": { run, value, _ in .text(try run.text(value).capitalized) },
    "indent": { run, value, arguments in .text(try run.indented(value, arguments)) },
    "lower": { run, value, _ in .text(pythonLowercase(try run.text(value))) },
    "replace": { run, value, arguments in
      let given = try arguments.values(["old", "new", "count"], of: "`replace`")
      guard let old = given[0], let new = given[1] else {
        throw JinjaProblem("`replace` needs what is replaced, and by what")
      }
      return .text(
        try run.replaced(
          try run.text(value), try run.text(old), try run.text(new),
          most: try run.whole(given[2], "replace") ?? -1))
    },
    "title": { run, value, _ in .text(try run.text(value).titled) },
    "trim": { run, value, arguments in
      let characters = try arguments.values(["chars"], of: "`trim`")[0]
      return .text(try run.stripped(try run.text(value), characters, left: true, right: true))
    },
    "upper": { run, value, _ in .text(try run.text(value).uppercased) },
    "wordcount": { run, value, _ in .int(try run.text(value).wordCount) },
  ]
}

extension [UInt8] {
  /// Jinja's title case: a word begins behind a space, a hyphen or an opening bracket only.
  fileprivate var titled: [UInt8] {
    var result: [UInt8] = []
    var word: [UInt32] = []
    func finished() -> [UInt8] {
      var text: [UInt8] = []
      for value in word { text.append(scalar: value) }
      guard let first = text.characters.first else { return [] }
      return Array(text[first]).uppercased + pythonLowercase(Array(text[first.upperBound...]))
    }
    for value in scalarValues {
      if isPythonSpace(value) || value < 0x80 && "-({[<".utf8.contains(UInt8(value)) {
        result += finished()
        word = []
        result.append(scalar: value)
      } else {
        word.append(value)
      }
    }
    return result + finished()
  }

  /// How many runs of letters, digits and underscores there are.
  fileprivate var wordCount: Int {
    var (words, isInWord) = (0, false)
    for scalar in scalarValues.compactMap(Unicode.Scalar.init) {
      let isPart =
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      words += isPart && !isInWord ? 1 : 0
      isInWord = isPart
    }
    return words
  }
}

extension JinjaRenderer {
  /// Lines behind spaces; the first line and empty ones only where that is asked for.
  fileprivate func indented(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> [UInt8] {
    let given = try arguments.values(["width", "first", "blank"], of: "`indent`")
    var margin: [UInt8]
    if case .text(let text)? = given[0] {
      margin = text
    } else {
      let width = max(0, try whole(given[0], "indent") ?? 4)
      try charge(width)
      margin = [UInt8](repeating: 0x20, count: width)
    }
    let (first, blank) = (given[1]?.isTrue ?? false, given[2]?.isTrue ?? false)
    let lines = (try text(value) + [0x0A]).lines()
    try charge(times: lines.count, margin.count + 1)
    var result: [UInt8] = first ? margin : []
    for (place, line) in lines.enumerated() {
      if place > 0 {
        result.append(0x0A)
        if blank || !line.isEmpty { result += margin }
      }
      result += line
    }
    return result
  }
}

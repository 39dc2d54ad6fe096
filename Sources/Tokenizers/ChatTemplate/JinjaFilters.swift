/// The filters that are supported, by name: a value, and what is in the filter's brackets.
enum JinjaFilters {
  typealias Filter =
    @Sendable (JinjaRenderer, JinjaValue, JinjaArguments) throws -> JinjaValue

  static let known: [String: Filter] = values.merging(texts) { $1 }.merging(sequences) { $1 }

  /// Jinja's own which no chat template was seen to use.
  private static let others: Set<String> = [
    "attr", "batch", "center", "e", "escape", "filesizeformat", "forceescape", "format", "groupby",
    "pprint", "random", "slice", "striptags", "truncate", "urlencode", "urlize", "wordwrap",
    "xmlattr",
  ]

  static func refusal(of name: String) -> JinjaProblem {
    JinjaProblem(
      others.contains(name)
        ? "the filter `\(name)` is not supported" : "there is no filter `\(name.prefix(40))`")
  }

  /// Filters of any value.
  private static let values: [String: Filter] = [
    "abs": { run, value, _ in
      switch value.number {
      case .int(let number)?: number < 0 ? try run.signed(true, value) : .int(number)
      case .float(let number)?: .float(abs(number))
      case nil: throw JinjaProblem("`abs` of \(value.kind)")
      }
    },
    "default": fallback, "d": fallback,
    "float": { run, value, arguments in
      let other = try arguments.values(["default"], of: "`float`")[0] ?? .float(0)
      if let number = value.number { return .float(number.double) }
      guard case .text(let text) = value else { return other }
      try run.charge(text.count)
      let digits = text.stripped(left: true, right: true, isPythonSpace)
      return Double(String(decoding: digits, as: UTF8.self)).map(JinjaValue.float) ?? other
    },
    "int": { run, value, arguments in try run.whole(value, arguments) },
    "round": { run, value, arguments in try run.rounded(value, arguments) },
    "string": { run, value, _ in .text(try run.text(value)) },
    "tojson": { run, value, arguments in try run.json(value, arguments) },
    // Nothing is escaped, so nothing needs to be marked.
    "safe": { run, value, _ in .text(try run.text(value)) },
  ]

  private static let fallback: Filter = { _, value, arguments in
    let given = try arguments.values(["default_value", "boolean"], of: "`default`")
    let isMissing = value.isUndefined || (given[1]?.isTrue ?? false) && !value.isTrue
    return isMissing ? given[0] ?? .text([]) : value
  }
}

extension JinjaRenderer {
  /// What a filter makes of a value.
  func filter(
    _ name: String, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws -> JinjaValue {
    guard let filter = JinjaFilters.known[name] else { throw JinjaFilters.refusal(of: name) }
    try charge()
    return try filter(self, value, arguments)
  }

  fileprivate func whole(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
    let given = try arguments.values(["default", "base"], of: "`int`")
    let other = given[0] ?? .int(0)
    switch value {
    case .text(let text):
      try charge(text.count)
      let base = try whole(given[1], "int") ?? 10
      let digits = String(
        decoding: text.stripped(left: true, right: true, isPythonSpace), as: UTF8.self)
      if let number = Self.whole(digits, base: base) { return .int(number) }
      return Double(digits).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map(JinjaValue.int)
        ?? other
    case .float(let number):
      return Int(exactly: number.rounded(.towardZero)).map(JinjaValue.int) ?? other
    default: return value.number?.value.asInteger ?? other
    }
  }

  /// An integer in a base; a base of 16 takes `0x` as well, and 0 is the one that the text says.
  private static func whole(_ digits: String, base: Int) -> Int? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where (base == 0 || base == radix) && digits.lowercased().hasPrefix(prefix) {
      return Int(digits.dropFirst(2), radix: radix)
    }
    return base == 0 ? Int(digits) : 2...36 ~= base ? Int(digits, radix: base) : nil
  }

  fileprivate func rounded(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
    let given = try arguments.values(["precision", "method"], of: "`round`")
    guard let number = value.number else { throw JinjaProblem("`round` of \(value.kind)") }
    let precision = try whole(given[0], "round") ?? 0
    let method = try given[1].map { String(decoding: try text($0), as: UTF8.self) } ?? "common"
    if method == "common", case .int = number, precision >= 0 { return number.value }
    // Beyond 15 places a double has none to round.
    guard 0...15 ~= precision else { throw JinjaProblem("`round` to \(precision) places") }
    let scale = (0..<precision).reduce(1.0) { product, _ in product * 10 }
    switch method {
    case "common": return .float((number.double * scale).rounded(.toNearestOrEven) / scale)
    case "floor": return .float((number.double * scale).rounded(.down) / scale)
    case "ceil": return .float((number.double * scale).rounded(.up) / scale)
    default: throw JinjaProblem("`round` by `\(method.prefix(40))`; there are common, floor, ceil")
    }
  }

  fileprivate func json(_ value: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
    let given = try arguments.values(
      ["ensure_ascii", "indent", "separators", "sort_keys"], of: "`tojson`")
    var style = JinjaJSONStyle(comma: Array(", ".utf8))
    switch given[1] {
    case nil, .some(.none): break
    case .text(let indent)?: style.indent = indent
    default:
      let width = max(0, try whole(given[1], "tojson") ?? 0)
      try charge(width)
      style.indent = [UInt8](repeating: 0x20, count: width)
    }
    if style.indent != nil { style.comma = Array(",".utf8) }
    if let separators = given[2], !(try isEqual(separators, .none)) {
      let pair = try walked(separators)
      guard pair.count == 2 else { throw JinjaProblem("`tojson` needs two separators") }
      (style.comma, style.colon) = (try text(pair[0]), try text(pair[1]))
    }
    (style.isASCII, style.isSorted) = (given[0]?.isTrue ?? false, given[3]?.isTrue ?? false)
    var output: [UInt8] = []
    try appendJSON(value, style, to: &output)
    return .text(output)
  }
}

extension JinjaValue {
  /// An integer as it is, a boolean as 0 or 1.
  fileprivate var asInteger: JinjaValue? {
    if case .int = self { self } else { nil }
  }
}
